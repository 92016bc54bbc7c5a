import { type FileHandle, readFile } from 'node:fs/promises';

/** What is to be known of an open disk before it is written. */
export interface Device {
  readonly sizeBytes: number;
  /** Whether it has heads that move; false where it does not say, as for a file. */
  readonly isRotational: boolean;
}

/** Linux counts a block device in sectors of 512 bytes, whatever its own are. */
const SECTOR_BYTES = 512;

/** Reads what Linux says of an open disk, which is a block device or a file (Documentation/ABI/stable/sysfs-block). */
export async function deviceOf(disk: FileHandle): Promise<Device> {
  const stat = await disk.stat();
  if (!stat.isBlockDevice()) return { sizeBytes: stat.size, isRotational: false };
  const folder = `/sys/dev/block/${deviceNumber(stat.rdev)}`;
  const sectors = await readFile(`${folder}/size`, 'utf8');
  // A partition has the queue of its disk, which is the folder above.
  const queue = await readFile(`${folder}/queue/rotational`, 'utf8').catch(() =>
    readFile(`${folder}/../queue/rotational`, 'utf8').catch(() => ''),
  );
  return { sizeBytes: Number(sectors) * SECTOR_BYTES, isRotational: queue.trim() === '1' };
}

/** `major:minor` of Linux's device number as stat(2) gives it: 12 bits of the one lie between 8 and 12 of the other. */
function deviceNumber(rdev: number): string {
  return `${(rdev >>> 8) & 0xfff}:${(rdev & 0xff) | ((rdev >>> 12) & 0xfff00)}`;
}
