/** How many blocks are asked of one peer at a time. */
export interface RequestDepth {
  /** With so few on their way more have to be asked for, or the line falls idle. */
  readonly low: number;
  /** A grant is for a piece's worth of blocks: what is asked for beyond that would be rejected. */
  readonly most: number;
}

/** Pieces of hardly a block are asked for several at a time. */
const SMALL_PIECE_BLOCKS = 8;

/** @param limit blocks that may be asked of one peer at a time */
export function requestDepth(blocksOfPiece: number, limit: number): RequestDepth {
  return {
    low: Math.min(limit >> 1, blocksOfPiece < 4 ? SMALL_PIECE_BLOCKS : blocksOfPiece >> 2),
    most: Math.min(limit, Math.max(blocksOfPiece, 2 * SMALL_PIECE_BLOCKS)),
  };
}
