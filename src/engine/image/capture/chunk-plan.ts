import type { ByteRange } from '../disk/byte-ranges.ts';

/** A chunk to be: what of it is in use is read, what lies between is zeros. */
export interface PlannedChunk extends ByteRange {
  readonly used: readonly ByteRange[];
}

export interface ChunkRules {
  /** Bytes of a chunk at most; chunks do not cross multiples of it. */
  readonly chunkBytes: number;
  /** Gaps of up to so many bytes between used ranges are filled with zeros. */
  readonly bridgedBytes: number;
}

/**
 * Cuts used ranges into chunks. They keep to a grid on the disk, so that a change at one place leaves the chunks at
 * all other places what they were: only so does the next version share its chunks with this one.
 * @param used ascending, apart from each other
 */
export function planChunks(
  used: readonly ByteRange[],
  { chunkBytes, bridgedBytes }: ChunkRules,
): PlannedChunk[] {
  const chunks: { start: number; end: number; used: ByteRange[] }[] = [];
  for (const range of used.flatMap((each) => cutAtGrid(each, chunkBytes))) {
    const last = chunks.at(-1);
    const isSameCell = last && Math.floor(last.start / chunkBytes) === Math.floor(range.start / chunkBytes);
    if (last && isSameCell && range.start - last.end <= bridgedBytes) {
      last.end = range.end;
      last.used.push(range);
    } else chunks.push({ ...range, used: [range] });
  }
  return chunks;
}

function cutAtGrid({ start, end }: ByteRange, chunkBytes: number): ByteRange[] {
  const parts: ByteRange[] = [];
  for (let at = start; at < end; ) {
    const next = Math.min(end, (Math.floor(at / chunkBytes) + 1) * chunkBytes);
    parts.push({ start: at, end: next });
    at = next;
  }
  return parts;
}
