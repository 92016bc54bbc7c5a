import { AGENT_ENVIRONMENT_WORDS } from '../../agent/agent-environment.ts';
import { AGENT_FOLDER, PUBLIC_KEY_PATH } from './image-paths.ts';
import { NETWORK_SCRIPT } from './network-script.ts';

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

give_up() {
  say "$1: the machine restarts in a minute; press Enter for a shell"
  read -t 60 -r _ && exec sh
  reboot -f
}

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

${NETWORK_SCRIPT}
say 'starting the agent'
# shellcheck disable=SC2086 # a list of words is meant
${AGENT_ENVIRONMENT_WORDS} node /${AGENT_FOLDER}/agent.mjs agent --key /${PUBLIC_KEY_PATH} $arguments
exit_code=$?
if [ "$exit_code" -eq 0 ]; then
  say 'done: the machine restarts'
  sync
  reboot -f
fi
give_up "the agent ended with exit code $exit_code"
`;
