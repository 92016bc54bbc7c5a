import type { KernelKind } from './kernel-modules.ts';

/** A program that goes into the boot image, and the package that brings it. */
export interface PlannedProgram {
  readonly package: string;
  /** Path in the package. */
  readonly from: string;
  /** Path in the boot image. */
  readonly to: string;
}

/** Shell and small tools in one static program, partition tables, file systems, boot entries of UEFI. */
export const PROGRAMS: readonly PlannedProgram[] = [
  { package: 'busybox-static', from: 'bin/busybox', to: 'bin/busybox' },
  { package: 'fdisk', from: 'sbin/sfdisk', to: 'sbin/sfdisk' },
  { package: 'ntfs-3g', from: 'sbin/mkntfs', to: 'sbin/mkntfs' },
  { package: 'ntfs-3g', from: 'bin/ntfs-3g', to: 'sbin/ntfs-3g' },
  { package: 'ntfs-3g', from: 'bin/ntfsfix', to: 'sbin/ntfsfix' },
  { package: 'ntfs-3g', from: 'sbin/ntfsresize', to: 'sbin/ntfsresize' },
  { package: 'e2fsprogs', from: 'sbin/e2fsck', to: 'sbin/e2fsck' },
  { package: 'e2fsprogs', from: 'sbin/resize2fs', to: 'sbin/resize2fs' },
  { package: 'ntfs-3g', from: 'sbin/ntfscp', to: 'sbin/ntfscp' },
  { package: 'ntfs-3g', from: 'bin/ntfscat', to: 'sbin/ntfscat' },
  { package: 'ntfs-3g', from: 'bin/ntfsls', to: 'sbin/ntfsls' },
  { package: 'e2fsprogs', from: 'sbin/mke2fs', to: 'sbin/mke2fs' },
  { package: 'wimtools', from: 'usr/bin/wimlib-imagex', to: 'sbin/wimapply' },
  // That of busybox knows no attributes and compares nothing.
  { package: 'tar', from: 'bin/tar', to: 'sbin/tar' },
  { package: 'xfsprogs', from: 'usr/sbin/xfs_growfs', to: 'sbin/xfs_growfs' },
  { package: 'btrfs-progs', from: 'bin/btrfs', to: 'sbin/btrfs' },
  // That of busybox knows no end of a loop device.
  { package: 'mount', from: 'sbin/losetup', to: 'sbin/losetup' },
  { package: 'efibootmgr', from: 'bin/efibootmgr', to: 'sbin/efibootmgr' },
];

/** Where the shared libraries of these programs and of Node are. */
const LIBRARY_PACKAGES = [
  'libacl1',
  'libblkid1',
  'libc6',
  'libcom-err2',
  'libefiboot1',
  'libefivar1',
  'libext2fs2',
  'libfdisk1',
  'libfuse2',
  'libgcc-s1',
  'libicu72',
  'liblzma5',
  'liblzo2-2',
  'libntfs-3g89',
  'libpcre2-8-0',
  'libreadline8',
  'libselinux1',
  'libsmartcols1',
  'libstdc++6',
  'libtinfo6',
  'libudev1',
  'liburcu8',
  'libuuid1',
  'libwim15',
  'libxml2',
  'libzstd1',
  'zlib1g',
];

/** iPXE for PXE of BIOS and of UEFI x64: it uses the network driver that the firmware brings. */
export const LOADER_PACKAGE = 'ipxe';
export const LOADERS: readonly string[] = ['usr/lib/ipxe/undionly.kpxe', 'usr/lib/ipxe/snponly.efi'];

/** Packages in the order in which they are unpacked, the kernel's own is not among them. */
export const PACKAGES: readonly string[] = [
  ...new Set([...PROGRAMS.map((program) => program.package), ...LIBRARY_PACKAGES]),
].sort();

/** Metapackage of a kernel, and what the package that it stands for is called. */
export const KERNEL_PACKAGES: Readonly<
  Record<KernelKind, { readonly name: string; readonly pattern: RegExp }>
> = {
  cloud: { name: 'linux-image-cloud-amd64', pattern: /linux-image-\d[\w.+-]*-cloud-amd64/ },
  generic: { name: 'linux-image-amd64', pattern: /linux-image-\d[\w.+-]*-amd64/ },
};
