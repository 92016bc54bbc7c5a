import { BLOCK_BYTES } from '../image/metainfo.ts';
import type { HeldBlocks } from '../swarm/torrent/held-blocks.ts';
import type { PayloadLayout } from './payload-layout.ts';

/** What a scan has found of an image. */
export interface FoundOnDisk {
  /** Numbers of the chunks that are at their places. */
  readonly chunks: ReadonlySet<number>;
  /** Pieces that can be given with what an earlier run of the agent has parked. */
  readonly pieces: ReadonlySet<number>;
}

export const NOTHING_FOUND: FoundOnDisk = { chunks: new Set(), pieces: new Set() };

/** Blocks of the payload that need not be fetched; they stay what they are from the scan on. */
export class FoundBlocks implements HeldBlocks {
  readonly #layout: PayloadLayout;
  readonly #found: FoundOnDisk;

  constructor(layout: PayloadLayout, { chunks, pieces }: FoundOnDisk) {
    this.#layout = layout;
    this.#found = { chunks: new Set(chunks), pieces: new Set(pieces) };
  }

  /** Whether all of a block of 16 KiB lies in chunks that were found, or in a piece that was. */
  hasBlock(piece: number, block: number): boolean {
    if (this.#found.pieces.has(piece)) return true;
    const pieceBegin = piece * this.#layout.pieceBytes;
    const begin = pieceBegin + block * BLOCK_BYTES;
    const end = Math.min(begin + BLOCK_BYTES, pieceBegin + this.#layout.bytesOf(piece));
    return this.#layout.chunksOver(begin, end).every((chunk) => this.#found.chunks.has(chunk));
  }

  hasPiece(piece: number): boolean {
    const blocks = Math.ceil(this.#layout.bytesOf(piece) / BLOCK_BYTES);
    return Array.from({ length: blocks }, (_, block) => block).every((block) => this.hasBlock(piece, block));
  }
}
