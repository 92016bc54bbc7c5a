import type { PieceSet } from '../piece-set.ts';

/**
 * Which piece to ask for, a picker for each receiver. It is told what changes as it changes, so that a pick need not
 * look at everything. Endgame is none of its business: it never picks a piece twice, unless that was released.
 */
export interface PiecePicker {
  /** Pieces that are held or claimed: they are not picked. */
  readonly taken: PieceSet;
  /** Whether it has to be told what is announced and lost. */
  readonly isTold: boolean;
  /** A neighbour has this piece. One that has everything may be left out: it makes no piece rarer than another. */
  announced(piece: number): void;
  /** A neighbour is gone of which this piece had been announced. */
  lost(piece: number): void;
  /** The piece is held, or asked for. */
  claimed(piece: number): void;
  /** A claimed piece is to be asked for again. */
  released(piece: number): void;
  /**
   * The piece to ask an uploader for; the picker does not claim it.
   * @param offered what the uploader has, all of it announced unless it has everything
   * @returns -1 when the uploader has nothing that is wanted
   */
  pick(offered: PieceSet): number;
}
