import type { BlockAddress } from '../wire/message.ts';

/** How an image is cut: into pieces, and these into blocks. */
export class Geometry {
  readonly imageBytes: number;
  readonly pieceBytes: number;
  readonly blockBytes: number;
  readonly pieces: number;

  constructor(imageBytes: number, pieceBytes: number, blockBytes: number) {
    this.imageBytes = imageBytes;
    this.pieceBytes = pieceBytes;
    this.blockBytes = blockBytes;
    this.pieces = Math.ceil(imageBytes / pieceBytes);
  }

  /** Bytes of a piece; the last one may be short. */
  bytesOf(piece: number): number {
    return Math.min(this.pieceBytes, this.imageBytes - piece * this.pieceBytes);
  }

  blocksOf(piece: number): number {
    return Math.ceil(this.bytesOf(piece) / this.blockBytes);
  }

  blockAt(piece: number, block: number): BlockAddress {
    const begin = block * this.blockBytes;
    return { piece, begin, length: Math.min(this.blockBytes, this.bytesOf(piece) - begin) };
  }

  /** Number of the block at this address, or -1 where no block has it. */
  blockOf({ piece, begin, length }: BlockAddress): number {
    if (piece >= this.pieces || begin % this.blockBytes !== 0) return -1;
    const block = begin / this.blockBytes;
    if (block >= this.blocksOf(piece)) return -1;
    return this.blockAt(piece, block).length === length ? block : -1;
  }

  /** Whether a peer may ask for these bytes: any range inside a piece, no longer than `mostBytes`. */
  hasRange({ piece, begin, length }: BlockAddress, mostBytes: number): boolean {
    return piece < this.pieces && length > 0 && length <= mostBytes && begin + length <= this.bytesOf(piece);
  }
}
