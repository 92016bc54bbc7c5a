import { ProtocolError } from '../../protocol-error.ts';
import { MOST_CHUNKS } from '../extent-map.ts';
import type { RawRun } from '../image-draft.ts';

/** As many as an extent map may have. */

export interface CutterRules {
  /** Bytes of a chunk at most. */
  readonly chunkBytes: number;
  /** Gaps of up to so many bytes are filled with zeros. */
  readonly bridgedBytes: number;
  readonly diskBytes: number;
}

/**
 * Puts runs of any size together to chunks. A chunk lies between two multiples of the chunk size, so that two versions
 * of a disk are cut at the same places.
 */
export class ChunkCutter {
  readonly #chunkBytes: number;
  readonly #bridgedBytes: number;
  readonly #diskBytes: number;
  readonly #bytes: Uint8Array;
  #start = 0;
  /** Behind the last run. */
  #end = 0;
  #chunks = 0;

  constructor({ chunkBytes, bridgedBytes, diskBytes }: CutterRules) {
    this.#chunkBytes = chunkBytes;
    this.#bridgedBytes = bridgedBytes;
    this.#diskBytes = diskBytes;
    this.#bytes = new Uint8Array(chunkBytes);
  }

  /** @param run behind all runs before it
   * @returns chunks that are complete. Throws a ProtocolError where runs overlap or lead beyond the disk */
  *push({ diskOffset, bytes }: RawRun): Generator<RawRun> {
    if (diskOffset < this.#end)
      throw new ProtocolError(
        `what belongs to byte ${diskOffset} of the disk overlaps what ends at ${this.#end}`,
      );
    if (diskOffset + bytes.length > this.#diskBytes)
      throw new ProtocolError(
        `byte ${diskOffset + bytes.length} is beyond the disk of ${this.#diskBytes} bytes`,
      );
    for (let done = 0; done < bytes.length; ) {
      const at = diskOffset + done;
      if (at - this.#end > this.#bridgedBytes || at >= this.#limit()) yield* this.end();
      if (this.#start === this.#end) this.#start = this.#end = at;
      const part = bytes.subarray(done, done + this.#limit() - at);
      this.#bytes.fill(0, this.#end - this.#start, at - this.#start);
      this.#bytes.set(part, at - this.#start);
      this.#end = at + part.length;
      done += part.length;
      if (this.#end === this.#limit()) yield* this.end();
    }
  }

  /** What is left. */
  *end(): Generator<RawRun> {
    if (this.#start === this.#end) return;
    if (++this.#chunks > MOST_CHUNKS) throw new ProtocolError(`it is in more than ${MOST_CHUNKS} pieces`);
    yield { diskOffset: this.#start, bytes: this.#bytes.slice(0, this.#end - this.#start) };
    this.#start = this.#end;
  }

  /** The next multiple of the chunk size behind the first byte of the chunk. */
  #limit(): number {
    return (Math.floor(this.#start / this.#chunkBytes) + 1) * this.#chunkBytes;
  }
}
