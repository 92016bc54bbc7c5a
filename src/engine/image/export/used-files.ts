import type { ExtentMap } from '../extent-map.ts';
import type { ImagePartition } from '../manifest.ts';

/** A run of a partition that is in use, as a file of the EZIO layout. */
export interface UsedFile {
  /** From the start of the partition; the file is named after it. */
  readonly offset: number;
  readonly bytes: number;
}

/** Chunks side by side are one file; what reaches over an end of the partition is cut off. Ascending. */
export function usedFilesOf({ chunks }: ExtentMap, { startBytes, bytes }: ImagePartition): UsedFile[] {
  const files: { offset: number; bytes: number }[] = [];
  for (const { diskOffset, rawBytes } of chunks) {
    const from = Math.max(diskOffset, startBytes) - startBytes;
    const to = Math.min(diskOffset + rawBytes, startBytes + bytes) - startBytes;
    if (from >= to) continue;
    const last = files.at(-1);
    if (last && last.offset + last.bytes === from) last.bytes += to - from;
    else files.push({ offset: from, bytes: to - from });
  }
  return files;
}

/** 32 hexadecimal digits, as `partclone.restore --btfiles` names its files. */
export function usedFileName({ offset }: UsedFile): string {
  return offset.toString(16).padStart(32, '0');
}
