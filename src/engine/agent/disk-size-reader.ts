import { type FileHandle, readFile } from 'node:fs/promises';

/** Linux counts a block device in sectors of 512 bytes, whatever its own are. */
const SECTOR_BYTES = 512;

/** Bytes of an open disk: a block device of Linux, or a file. */
export async function diskSizeOf(disk: FileHandle): Promise<number> {
  const stat = await disk.stat();
  if (!stat.isBlockDevice()) return stat.size;
  const sectors = await readFile(`/sys/dev/block/${deviceNumber(stat.rdev)}/size`, 'utf8');
  return Number(sectors) * SECTOR_BYTES;
}

/** `major:minor` of Linux's device number as stat(2) gives it: 12 bits of the one lie between 8 and 12 of the other. */
function deviceNumber(rdev: number): string {
  return `${(rdev >>> 8) & 0xfff}:${(rdev & 0xff) | ((rdev >>> 12) & 0xfff00)}`;
}
