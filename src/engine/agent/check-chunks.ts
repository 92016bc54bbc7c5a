import type { Chunk } from '../image/extent-map.ts';
import { isChunk } from './chunk-hash.ts';

/** One is read while another is hashed. */
export const LANES = 2;

/** Chunks that are to be held against their hashes. */
export interface ChunkCheck {
  readonly chunks: readonly Chunk[];
  /** Numbers of those that are checked. */
  readonly numbers: readonly number[];
  /** Reads the raw bytes of a chunk. @param lane one read at a time in each, from 0 to before `LANES` */
  read(chunk: Chunk, lane: number): Promise<Uint8Array>;
  /** Hears how many have been checked. */
  progressed(checked: number): void;
}

/** @returns numbers of the chunks that match their hashes; rejects where one cannot be read */
export async function checkChunks({
  chunks,
  numbers,
  read,
  progressed,
}: ChunkCheck): Promise<ReadonlySet<number>> {
  const good = new Set<number>();
  const queue = numbers.values();
  let checked = 0;
  await Promise.all(
    Array.from({ length: LANES }, async (_, lane) => {
      for (const number of queue) {
        const chunk = chunks[number]!;
        if (await isChunk(chunk, await read(chunk, lane))) good.add(number);
        progressed(++checked);
      }
    }),
  );
  return good;
}
