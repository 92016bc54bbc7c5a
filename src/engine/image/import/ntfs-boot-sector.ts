import type { PartitionRun } from './partition-parser.ts';

/** Offsets in the boot sector of NTFS (Linux: fs/ntfs3/ntfs.h, struct NTFS_BOOT). */
const NAME_OFFSET = 3;
const SECTOR_BYTES_OFFSET = 11;
const SECTORS_OFFSET = 40;
const LEAST_BOOT_SECTOR_BYTES = 512;

/**
 * The copy of the boot sector that NTFS keeps behind its last cluster. It belongs to no cluster, so partclone leaves it
 * out, and Clonezilla writes it anew after a restore (`partclone.ntfsfixboot`). Undefined where the boot sector is none
 * of NTFS, or the copy would not be inside the partition.
 * @param start the first 512 bytes of the partition, or more
 * @param end bytes of the partition up to the end of the last used cluster
 */
export function ntfsBootSectorCopy(
  start: Buffer,
  { end, partitionBytes }: { end: number; partitionBytes: number },
): PartitionRun | undefined {
  if (
    start.length < LEAST_BOOT_SECTOR_BYTES ||
    start.toString('latin1', NAME_OFFSET, NAME_OFFSET + 8) !== 'NTFS    '
  )
    return undefined;
  const sectorBytes = start.readUInt16LE(SECTOR_BYTES_OFFSET);
  const offset = Number(start.readBigUInt64LE(SECTORS_OFFSET)) * sectorBytes;
  if (offset < end || offset + sectorBytes > partitionBytes || start.length < sectorBytes) return undefined;
  return { offset, bytes: start.subarray(0, sectorBytes) };
}
