import { type FileHandle, readFile } from 'node:fs/promises';

/** What is to be known of an open disk before it is written. */
export interface Device {
  readonly sizeBytes: number;
  /** Its logical sectors, in which a partition table counts; undefined where it does not say, as for a file. */
  readonly sectorBytes: number | undefined;
  /** Whether it has heads that move; false where it does not say, as for a file. */
  readonly isRotational: boolean;
}

/** Linux counts a block device in sectors of 512 bytes, whatever its own are. */
const SECTOR_BYTES = 512;

/** Reads what Linux says of an open disk, which is a block device or a file (Documentation/ABI/stable/sysfs-block). */
export async function deviceOf(disk: FileHandle): Promise<Device> {
  const stat = await disk.stat();
  if (!stat.isBlockDevice()) return { sizeBytes: stat.size, sectorBytes: undefined, isRotational: false };
  const folder = `/sys/dev/block/${deviceNumber(stat.rdev)}`;
  const sectors = await readFile(`${folder}/size`, 'utf8');
  return {
    sizeBytes: Number(sectors) * SECTOR_BYTES,
    sectorBytes: Number(await ofQueue(folder, 'logical_block_size')) || undefined,
    isRotational: (await ofQueue(folder, 'rotational')) === '1',
  };
}

/** A partition has the queue of its disk, which is the folder above. Empty where Linux does not say. */
async function ofQueue(folder: string, file: string): Promise<string> {
  const text = await readFile(`${folder}/queue/${file}`, 'utf8').catch(() =>
    readFile(`${folder}/../queue/${file}`, 'utf8').catch(() => ''),
  );
  return text.trim();
}

/** `major:minor` of Linux's device number as stat(2) gives it: 12 bits of the one lie between 8 and 12 of the other. */
function deviceNumber(rdev: number): string {
  return `${(rdev >>> 8) & 0xfff}:${(rdev & 0xff) | ((rdev >>> 12) & 0xfff00)}`;
}
