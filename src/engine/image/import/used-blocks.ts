import { ProtocolError } from '../../protocol-error.ts';

/** Blocks in a row. */
export interface BlockRun {
  readonly first: number;
  readonly blocks: number;
}

/** Which blocks of a file system are in use: a bit for each, the lowest bit of a byte first. */
export class UsedBlocks {
  readonly blocks: number;
  readonly #bits: Uint8Array;

  private constructor(blocks: number, bits: Uint8Array) {
    this.blocks = blocks;
    this.#bits = bits;
  }

  /** None of them; memory is taken up page by page, as bits are set. */
  static none(blocks: number): UsedBlocks {
    return new UsedBlocks(blocks, new Uint8Array(Math.ceil(blocks / 8)));
  }

  static all(blocks: number): UsedBlocks {
    return new UsedBlocks(blocks, new Uint8Array(Math.ceil(blocks / 8)).fill(0xff));
  }

  /** @param bits as they stand in the map, from its byte `at` on */
  putBits(at: number, bits: Uint8Array): void {
    this.#bits.set(bits, at);
  }

  /** @param flags 0 or 1 for each block, from block `first` on. Throws a ProtocolError where one is something else */
  putFlags(first: number, flags: Uint8Array): void {
    flags.forEach((flag, place) => {
      const block = first + place;
      if (flag > 1) throw new ProtocolError(`its map of used blocks has ${flag} for block ${block}`);
      this.#bits[block >>> 3]! |= flag << (block & 7);
    });
  }

  /** The next run at or behind a block; undefined where no block is in use any more. */
  runFrom(block: number): BlockRun | undefined {
    const first = this.#next(block, true);
    if (first === this.blocks) return undefined;
    return { first, blocks: this.#next(first, false) - first };
  }

  *[Symbol.iterator](): Generator<BlockRun> {
    for (let run = this.runFrom(0); run !== undefined; run = this.runFrom(run.first + run.blocks)) yield run;
  }

  /** The first block at or behind this one that is in use or not; `blocks` where there is none. */
  #next(block: number, isUsed: boolean): number {
    const wholeByte = isUsed ? 0 : 0xff;
    let at = block;
    while (at < this.blocks) {
      const byte = this.#bits[at >>> 3]!;
      if ((at & 7) === 0 && byte === wholeByte) at += 8;
      else if (((byte >>> (at & 7)) & 1) === Number(isUsed)) return at;
      else at++;
    }
    return this.blocks;
  }
}
