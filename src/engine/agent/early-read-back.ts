import { setTimeout as sleep } from 'node:timers/promises';
import { RunFailure } from '../../failure.ts';
import type { Chunk } from '../image/extent-map.ts';
import { ThreadLoad } from '../thread-load.ts';
import { ALIGNMENT, alignedBuffer } from './aligned-buffer.ts';
import { isChunk } from './chunk-hash.ts';
import type { MediumReader } from './medium-reader.ts';

export interface WrittenImage {
  readonly medium: Pick<MediumReader, 'readAt'>;
  readonly chunks: readonly Chunk[];
  /** Of the longest of them. */
  readonly chunkBytes: number;
}

/** As long as the network keeps this thread busy it is looked at so often whether it still does [ms]. */
const BUSY_MS = 100;

/**
 * Reads chunks back from the medium while others still come: when the last one has come little is left to be read. It
 * does so when there is time, one at a time; what cannot be read or is wrong is left to the phase `verify`, which says
 * so. A disk with heads is better left alone until all is written.
 */
export class EarlyReadBack {
  readonly #image: WrittenImage;
  readonly #load: Pick<ThreadLoad, 'isHigh'>;
  /** Numbers of the chunks that are on the medium. */
  readonly good = new Set<number>();
  /** Numbers of those that were flushed; what lies before `#next` has been looked at. */
  readonly #flushed: number[] = [];
  #next = 0;
  #room: Uint8Array | undefined;
  #reading: Promise<void> | undefined;
  readonly #over = new AbortController();

  constructor(image: WrittenImage, load: Pick<ThreadLoad, 'isHigh'> = new ThreadLoad()) {
    this.#image = image;
    this.#load = load;
  }

  /** These have been written, and the disk was flushed since. */
  flushed(numbers: readonly number[]): void {
    for (const number of numbers) this.#flushed.push(number);
    if (this.#next === this.#flushed.length || this.#over.signal.aborted) return;
    this.#reading ??= this.#readAll();
    // Whoever ends it hears of it.
    this.#reading.catch(() => {});
  }

  /** No other chunk is read from now on. Resolves when none is being read. */
  async end(): Promise<void> {
    this.#over.abort();
    await this.#reading;
  }

  async #readAll(): Promise<void> {
    const { signal } = this.#over;
    while (this.#next < this.#flushed.length && !signal.aborted) {
      if (this.#load.isHigh) await sleep(BUSY_MS, undefined, { signal }).catch(() => {});
      else await this.#read(this.#flushed[this.#next++]!);
    }
    this.#reading = undefined;
  }

  async #read(number: number): Promise<void> {
    const { medium, chunks, chunkBytes } = this.#image;
    const chunk = chunks[number]!;
    this.#room ??= alignedBuffer(chunkBytes + 2 * ALIGNMENT);
    try {
      const raw = await medium.readAt(chunk.diskOffset, chunk.rawBytes, this.#room);
      if (await isChunk(chunk, raw)) this.good.add(number);
    } catch (error) {
      if (!(error instanceof RunFailure)) throw error;
    }
  }
}
