import { UDHCPC_SCRIPT_PATH } from './image-paths.ts';

/**
 * The part of the first process that gets the machine an address, or gives up. It calls `say`, `load_drivers` and
 * `give_up`, and `boot_mac` names the card that booted, if anything does.
 *
 * Some cards have another address here than they booted with, as docks have that pass on the one of the notebook: where
 * the card does not show itself for a while, any is taken. udhcpc goes on in the background and renews what it was lent:
 * a machine may wait for the evening, and the lease of an hour is over by then.
 */
export const NETWORK_SCRIPT = `# Name and address of every card.
all_cards() {
  for card in /sys/class/net/*; do
    name=\${card##*/}
    [ "$name" = lo ] || echo "$name $(cat "$card/address")"
  done
}

# The card that booted, or every card where none is named, or where that has not been there five times.
cards() {
  booted=$(all_cards | grep "$boot_mac\\$")
  [ -z "$booted" ] && [ "$attempt" -gt 5 ] && booted=$(all_cards)
  echo "$booted" | cut -d ' ' -f 1
}

ip link set lo up
attempt=0
until ip -4 route show default | grep -q . || ip -4 address show scope global | grep -q inet; do
  attempt=$((attempt + 1))
  if [ "$attempt" -gt 20 ]; then
    found=$(all_cards | xargs)
    give_up "no network after 20 attempts: looked for \${boot_mac:-any card}, found \${found:-none}"
  fi
  for card in $(cards); do
    ip link set "$card" up
    udhcpc -i "$card" -n -t 5 -T 2 -s /${UDHCPC_SCRIPT_PATH} && break
  done
  load_drivers
  sleep 1
done
`;

/**
 * What udhcpc calls with what it was given, and when that is over. An address that stays is not touched: every connection
 * of the swarm goes over it.
 */
export const UDHCPC_SCRIPT = `#!/bin/busybox sh
export PATH=/bin
case $1 in
  deconfig)
    ip -4 address flush dev "$interface"
    ;;
  bound|renew)
    address=$ip/\${mask:-24}
    if ! ip -4 address show dev "$interface" | grep -qF "inet $address "; then
      ip -4 address flush dev "$interface"
      ip address add "$address" dev "$interface"
    fi
    for gateway in $router; do ip route replace default via "$gateway" dev "$interface"; break; done
    : > /etc/resolv.conf
    for server in $dns; do echo "nameserver $server" >> /etc/resolv.conf; done
    ;;
esac
`;
