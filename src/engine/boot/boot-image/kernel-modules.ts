/** Debian's kernel for virtual machines, or the one for all hardware. */
export const KERNELS = ['cloud', 'generic'] as const;
export type KernelKind = (typeof KERNELS)[number];

/**
 * What a machine needs before it has its disk: network cards, disks and what they are attached to, and the file systems
 * of what was deployed. Paths inside `kernel/` of the modules' folder.
 */
const WANTED = [
  /^drivers\/(ata|block|nvme|virtio|virt|hv|message|mmc|usb\/(host|core|storage|common|typec)|xen)\//,
  /^drivers\/scsi\//,
  /^drivers\/net\/(ethernet|hyperv|mdio|mii|phy|usb|vmxnet3|pcs)\b/,
  /^drivers\/net\/(virtio_net|mii|net_failover|tun|dummy)\.ko$/,
  /^drivers\/(char\/virtio_console|hid\/(hid|hid-generic|usbhid\/usbhid)|input\/serio\/i8042|firmware\/.*)\.ko$/,
  /^drivers\/pci\/(controller|hotplug)\//,
  /^fs\/(fat|nls|fuse|efivarfs|ext4|xfs|btrfs)\//,
  /^net\/packet\//,
  // Checksums of ext4, XFS and Btrfs, which no table of dependencies names.
  /^(arch\/x86\/)?crypto\/crc/,
  /^crypto\/(xxhash|blake2b|sha256)_generic\.ko$/,
];

/** Kinds of hardware that no deployment boots from or through; they are large. */
const UNWANTED = /\/(infiniband|bnx2i|bnx2fc|qedi|qedf|cxgbi|libfc|fcoe|elx|csiostor|be2iscsi)\b/;

/**
 * Which modules go into the boot image, and all that these need.
 * @param dependencies text of `modules.dep`: a module, a colon, what it needs, all as paths in the modules' folder
 * @returns paths in the modules' folder, in alphabetical order
 */
export function chooseModules(dependencies: string): string[] {
  const needs = new Map(dependencies.split('\n').filter(Boolean).map(needsIn));
  const chosen = new Set<string>();
  for (const [module, needed] of needs) {
    if (!isWanted(module)) continue;
    for (const one of [module, ...needed]) chosen.add(one);
  }
  return [...chosen].sort();
}

function needsIn(line: string): [module: string, needs: string[]] {
  const [module, needs = ''] = line.split(':');
  return [module!, needs.split(' ').filter(Boolean)];
}

function isWanted(module: string): boolean {
  const path = module.replace(/^kernel\//, '');
  return WANTED.some((pattern) => pattern.test(path)) && !UNWANTED.test(path);
}
