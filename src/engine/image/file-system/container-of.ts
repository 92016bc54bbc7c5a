import type { Volume } from '../disk/volume.ts';

/** Where it stands, what stands there, and how blkid names what that means. */
const MARKS: readonly (readonly [number, Buffer, string])[] = [
  [0, Buffer.from('LUKS\xba\xbe', 'latin1'), 'crypto_LUKS'],
  [536, Buffer.from('LVM2 001', 'latin1'), 'LVM2_member'],
  // Version 1.1 and 1.2 of the superblock (kernel: include/uapi/linux/raid/md_p.h).
  [0, Buffer.from('fc4e2ba9', 'hex'), 'linux_raid_member'],
  [4096, Buffer.from('fc4e2ba9', 'hex'), 'linux_raid_member'],
];

/** What the volume is a shell around, so that no file system can be read: LUKS, LVM, RAID. Null where it is none. */
export async function containerOf(volume: Volume): Promise<string | null> {
  for (const [offset, mark, name] of MARKS) {
    if (offset + mark.length <= volume.bytes && (await volume.read(offset, mark.length)).equals(mark))
      return name;
  }
  return null;
}
