import { AGENT_ENVIRONMENT_WORDS } from '../../agent/agent-environment.ts';

/** Where things are in the boot image. */
export const AGENT_FOLDER = 'swarmboot';
export const PUBLIC_KEY_PATH = `${AGENT_FOLDER}/signing.pub.pem`;
export const UDHCPC_SCRIPT_PATH = `${AGENT_FOLDER}/udhcpc-script`;

/**
 * The first process of a machine that is deployed. Arguments for the agent stand on the kernel's command line as
 * `swarmboot.NAME=VALUE` and become `--NAME VALUE`; `BOOTIF` (pxelinux, iPXE) names the network card that booted.
 */
export const INIT_SCRIPT = `#!/bin/busybox sh
# Brings up devices and network, runs the agent, and restarts the machine when it is done.
/bin/busybox mkdir -p /proc /sys /dev /run /tmp /etc /usr/share/udhcpc
/bin/busybox --install -s /bin
# Tools of their own before those of busybox.
export PATH=/sbin:/bin HOME=/tmp
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t tmpfs tmpfs /run
echo 1 > /proc/sys/kernel/printk
# By it the kernel brings file systems when they are mounted.
echo /bin/modprobe > /proc/sys/kernel/modprobe

say() { echo "swarmboot: $*"; }

# A bus that a driver has found shows what is behind it only then.
load_drivers() {
  find /sys/devices -name modalias -exec cat {} + 2>/dev/null | sort -u | xargs -r -n 64 modprobe -qa 2>/dev/null
}
modprobe -qa af_packet vfat nls_ascii nls_cp437 efivarfs loop sd_mod 2>/dev/null
load_drivers; load_drivers; load_drivers
mount -t efivarfs efivarfs /sys/firmware/efi/efivars 2>/dev/null

arguments=
boot_mac=
for word in $(cat /proc/cmdline); do
  case $word in
    swarmboot.*=*) word=\${word#swarmboot.}; arguments="$arguments --\${word%%=*} \${word#*=}" ;;
    BOOTIF=*) boot_mac=$(echo "\${word#BOOTIF=}" | sed 's/^01-//; s/-/:/g' | tr A-F a-f) ;;
  esac
done

# The card that booted, or every card that has a cable.
cards() {
  for card in /sys/class/net/*; do
    name=\${card##*/}
    [ "$name" = lo ] && continue
    [ -n "$boot_mac" ] && [ "$(cat "$card/address")" != "$boot_mac" ] && continue
    echo "$name"
  done
}

ip link set lo up
attempt=0
until ip -4 route show default | grep -q . || ip -4 address show scope global | grep -q inet; do
  attempt=$((attempt + 1))
  [ "$attempt" -gt 20 ] && { say 'no network after 20 attempts: the machine restarts'; reboot -f; }
  for card in $(cards); do
    ip link set "$card" up
    udhcpc -i "$card" -q -n -t 5 -T 2 -s /${UDHCPC_SCRIPT_PATH} && break
  done
  load_drivers
  sleep 1
done

say 'starting the agent'
# shellcheck disable=SC2086 # a list of words is meant
if ${AGENT_ENVIRONMENT_WORDS} node /${AGENT_FOLDER}/agent.mjs agent --key /${PUBLIC_KEY_PATH} $arguments; then
  say 'done: the machine restarts'
  sync
  reboot -f
fi
say "the agent ended with exit code $?: the machine restarts in a minute; press Enter for a shell"
read -t 60 -r _ && exec sh
reboot -f
`;

/** What udhcpc calls with what it was given. */
export const UDHCPC_SCRIPT = `#!/bin/busybox sh
export PATH=/bin
case $1 in
  bound|renew)
    ip address flush dev "$interface"
    ip address add "$ip/\${mask:-24}" dev "$interface"
    for gateway in $router; do ip route add default via "$gateway" dev "$interface"; break; done
    : > /etc/resolv.conf
    for server in $dns; do echo "nameserver $server" >> /etc/resolv.conf; done
    ;;
esac
`;
