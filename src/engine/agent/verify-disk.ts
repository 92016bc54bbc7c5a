import { RunFailure } from '../../failure.ts';
import type { Chunk } from '../image/extent-map.ts';
import { ALIGNMENT, alignedBuffer } from './aligned-buffer.ts';
import { checkChunks, LANES } from './check-chunks.ts';
import type { DiskWriter } from './disk-writer.ts';
import type { MediumReader } from './medium-reader.ts';

export interface DiskVerification {
  readonly disk: DiskWriter;
  readonly medium: MediumReader;
  readonly chunks: readonly Chunk[];
  /** Numbers of those that have been read back already, and were right. */
  readonly good: ReadonlySet<number>;
  /** Raw bytes of a chunk that were fetched again; rejects where they cannot be had. */
  fetchAgain(number: number): Promise<Uint8Array>;
  /** Hears the share that has been read back, 0 to 1. */
  progressed(share: number): void;
}

/** How often a chunk is written anew before the disk counts as broken. */
const REPAIRS = 2;

/**
 * Phase `verify`: flushes the disk, reads back from the medium every chunk that has not been, and hashes it. One that is
 * not right is fetched and written again.
 * Throws a RunFailure with the place: `DISK_LIES` where a chunk does not stay as it was written, or the disk's own error
 * where it cannot be read.
 * @returns numbers of the chunks that were fetched again
 */
export async function verifyDisk(verification: DiskVerification): Promise<readonly number[]> {
  const { disk, chunks, good, fetchAgain, progressed } = verification;
  const rooms = roomsFor(chunks);
  await disk.flush();
  const left = [...chunks.keys()].filter((number) => !good.has(number));
  const isProgress = (checked: number): void => progressed((good.size + checked) / chunks.length);
  const bad = await badOnes(verification, { rooms, numbers: left, progressed: isProgress });
  const again = [...bad.keys()];
  for (let repair = 0; bad.size > 0 && repair < REPAIRS; repair++) {
    for (const number of bad.keys()) await disk.writeAt(chunks[number]!.diskOffset, await fetchAgain(number));
    await disk.flush();
    const numbers = [...bad.keys()];
    bad.clear();
    const stillBad = await badOnes(verification, { rooms, numbers, progressed: () => {} });
    for (const [number, failure] of stillBad) bad.set(number, failure);
  }
  if (bad.size > 0) throw brokenDisk(chunks, bad);
  return again;
}

interface Round {
  readonly rooms: readonly Uint8Array[];
  readonly numbers: readonly number[];
  progressed(checked: number): void;
}

/** @returns the disk's error by number of the chunk that could not be read, undefined by one that was wrong */
async function badOnes(
  { medium, chunks }: DiskVerification,
  { rooms, numbers, progressed }: Round,
): Promise<Map<number, unknown>> {
  const failures = new Map<Chunk, unknown>();
  const good = await checkChunks({
    chunks,
    numbers,
    async read(chunk, lane) {
      try {
        return await medium.readAt(chunk.diskOffset, chunk.rawBytes, rooms[lane]!);
      } catch (error) {
        failures.set(chunk, error);
        return new Uint8Array(0);
      }
    },
    progressed,
  });
  const bad = numbers.filter((number) => !good.has(number));
  return new Map(bad.map((number) => [number, failures.get(chunks[number]!)]));
}

function roomsFor(chunks: readonly Chunk[]): Uint8Array[] {
  const longest = chunks.reduce((most, { rawBytes }) => Math.max(most, rawBytes), 0);
  return Array.from({ length: LANES }, () => alignedBuffer(longest + 2 * ALIGNMENT));
}

function brokenDisk(chunks: readonly Chunk[], bad: ReadonlyMap<number, unknown>): unknown {
  const [first, failure] = [...bad][0]!;
  if (failure) return failure;
  const { diskOffset, rawBytes } = chunks[first]!;
  return new RunFailure(
    'DISK_LIES',
    `the disk is broken: disk offset ${diskOffset}, ${rawBytes} bytes, does not stay as it was written, after ` +
      `${REPAIRS + 1} attempts (chunk ${first}, one of ${bad.size}); replace the disk`,
  );
}
