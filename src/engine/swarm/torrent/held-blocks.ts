import type { Geometry } from './geometry.ts';

/** What the store can give before anything is fetched: what an interrupted download or an older image has left. */
export interface HeldBlocks {
  /** @param block of the piece, counted from 0, 16 KiB each */
  hasBlock(piece: number, block: number): boolean;
}

export const NOTHING_HELD: HeldBlocks = { hasBlock: () => false };
export const EVERYTHING_HELD: HeldBlocks = { hasBlock: () => true };

/** Pieces of which every block is held. */
export function* wholePieces(held: HeldBlocks, geometry: Geometry): Generator<number> {
  for (let piece = 0; piece < geometry.pieces; piece++) if (isWhole(held, geometry, piece)) yield piece;
}

function isWhole(held: HeldBlocks, geometry: Geometry, piece: number): boolean {
  const blocks = geometry.blocksOf(piece);
  for (let block = 0; block < blocks; block++) if (!held.hasBlock(piece, block)) return false;
  return true;
}
