import type { Volume } from '../disk/volume.ts';

/** The same in all versions of the superblock, little-endian (kernel: include/uapi/linux/raid/md_p.h). */
const RAID_MAGIC = Buffer.from('fc4e2ba9', 'hex');
const LUKS_MAGIC = Buffer.from('LUKS\xba\xbe', 'latin1');
const LVM_MAGIC = Buffer.from('LVM2 001', 'latin1');

/** Where it stands in a volume of so many bytes, what stands there, and how blkid names what that means. */
const MARKS: readonly (readonly [placeIn: (bytes: number) => number, Buffer, string])[] = [
  [() => 0, LUKS_MAGIC, 'crypto_LUKS'],
  [() => 536, LVM_MAGIC, 'LVM2_member'],
  // Version 1.1 and 1.2 of the superblock.
  [() => 0, RAID_MAGIC, 'linux_raid_member'],
  [() => 4096, RAID_MAGIC, 'linux_raid_member'],
  // Version 1.0 and 0.90: at the end, so that a mirror looks like a plain file system (drivers/md/md.c, super_1_load; md_p.h).
  [(bytes) => Math.floor((Math.floor(bytes / 512) - 16) / 8) * 4096, RAID_MAGIC, 'linux_raid_member'],
  [(bytes) => Math.floor(bytes / 65_536) * 65_536 - 65_536, RAID_MAGIC, 'linux_raid_member'],
];

/** What the volume is a shell around, so that no file system can be read: LUKS, LVM, RAID. Null where it is none. */
export async function containerOf(volume: Volume): Promise<string | null> {
  for (const [placeIn, mark, name] of MARKS) {
    const offset = placeIn(volume.bytes);
    if (offset < 0 || offset + mark.length > volume.bytes) continue;
    if ((await volume.read(offset, mark.length)).equals(mark)) return name;
  }
  return null;
}
