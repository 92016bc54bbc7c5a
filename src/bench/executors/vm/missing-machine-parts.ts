import { missingBeside, type Part } from '../netns/missing-parts-reader.ts';

const file = (path: string, debianPackage: string): Part => ({
  command: ['test', '-e', path],
  debianPackage,
});

/** What virtual machines, their firmware, their boot image and a disk that starts are made of. */
const PARTS: readonly Part[] = [
  { command: ['qemu-system-x86_64', '--version'], debianPackage: 'qemu-system-x86' },
  { command: ['apt-get', '--version'], debianPackage: 'apt' },
  { command: ['dnsmasq', '--version'], debianPackage: 'dnsmasq-base' },
  { command: ['mcopy', '--version'], debianPackage: 'mtools' },
  { command: ['mkntfs', '--version'], debianPackage: 'ntfs-3g' },
  { command: ['sfdisk', '--version'], debianPackage: 'fdisk' },
  { command: ['syslinux', '--version'], debianPackage: 'syslinux' },
  file('/bin/busybox', 'busybox-static'),
  file('/sbin/mkfs.vfat', 'dosfstools'),
  file('/usr/lib/ipxe/qemu/pxe-virtio.rom', 'ipxe-qemu'),
  file('/usr/lib/syslinux/mbr/mbr.bin', 'syslinux-common'),
  file('/usr/lib/SYSLINUX.EFI/efi64/syslinux.efi', 'syslinux-efi'),
  file('/usr/share/OVMF/OVMF_CODE.fd', 'ovmf'),
];

/** Rights, programs and files that virtual machines lack on this computer, one sentence each. */
export function missingMachineParts(): string[] {
  return missingBeside('vm', '--on vm', PARTS);
}
