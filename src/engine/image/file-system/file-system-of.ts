import type { Volume } from '../disk/volume.ts';
import { readBtrfs } from './btrfs-reader.ts';
import { readExfat } from './exfat-reader.ts';
import { readExt } from './ext-reader.ts';
import { readFat } from './fat-reader.ts';
import type { FileSystem, FileSystemReader } from './file-system.ts';
import { readNtfs } from './ntfs-reader.ts';
import { readSwap } from './swap-reader.ts';
import { readXfs } from './xfs-reader.ts';

/**
 * In the order in which they are tried. A volume that was formatted again may still have the superblock of the one
 * before, further in; so those whose mark is in the first sector come first.
 */
const READERS: readonly FileSystemReader[] = [
  readNtfs,
  readExfat,
  readXfs,
  readFat,
  readSwap,
  readExt,
  readBtrfs,
];

/** What a volume holds; null where it is nothing whose allocation map can be read. Throws as a `FileSystemReader`. */
export async function fileSystemOf(volume: Volume): Promise<FileSystem | null> {
  for (const read of READERS) {
    const fileSystem = await read(volume);
    if (fileSystem) return fileSystem;
  }
  return null;
}
