import type { ByteRange } from '../disk/byte-ranges.ts';

/**
 * Collects the runs of set bits of an allocation map that comes piece by piece. Bit 0 is the lowest of the first byte,
 * as in every file system that is read here.
 */
export class SetBits {
  readonly #base: number;
  readonly #unitBytes: number;
  readonly #ranges: ByteRange[] = [];
  #bit = 0;
  #runStart = -1;

  /** Bit 0 stands for `unitBytes` bytes from `base` on. */
  constructor({ base, unitBytes }: { base: number; unitBytes: number }) {
    this.#base = base;
    this.#unitBytes = unitBytes;
  }

  /** @param bits how many of the piece count, where it is not all: a multiple of 8 in all pieces but the last */
  add(piece: Uint8Array, bits = piece.length * 8): void {
    for (let at = 0; at * 8 < bits; at++) {
      const byte = piece[at]!;
      const count = Math.min(8, bits - at * 8);
      if (count === 8 && byte === (this.#runStart < 0 ? 0x00 : 0xff)) this.#bit += 8;
      else for (let bit = 0; bit < count; bit++) this.#take((byte >> bit) & 1);
    }
  }

  /** The runs so far; nothing can be added after that. */
  ranges(): ByteRange[] {
    this.#take(0);
    return this.#ranges;
  }

  #take(isSet: number): void {
    if (isSet === 1 && this.#runStart < 0) this.#runStart = this.#bit;
    if (isSet === 0 && this.#runStart >= 0) {
      this.#ranges.push({ start: this.#place(this.#runStart), end: this.#place(this.#bit) });
      this.#runStart = -1;
    }
    this.#bit++;
  }

  #place(bit: number): number {
    return this.#base + bit * this.#unitBytes;
  }
}
