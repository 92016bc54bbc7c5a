import type { PiecePicker } from '../policy/picker/piece-picker.ts';
import type { PieceSet } from '../policy/piece-set.ts';
import type { Geometry } from './geometry.ts';
import type { HeldBlocks } from './held-blocks.ts';
import type { Neighbour } from './neighbour.ts';
import { PartialPiece } from './partial-piece.ts';

/** What pieces are begun with. */
export interface OpenPieceSettings {
  readonly geometry: Geometry;
  /** What the store has from the start. */
  readonly held: HeldBlocks;
  /** This torrent's own. */
  readonly picker: PiecePicker;
  /** Pieces that may be in memory at a time, being received or being stored, beside `DEALT_BEYOND`. */
  readonly openPieces: number;
}

/**
 * Pieces from seeders that deal that may be in memory beyond that: one that comes in, and one that is stored. The whole
 * swarm waits for what is fresh, and the pieces that are open may be as large and as few as the sources that send them.
 */
const DEALT_BEYOND = 2;

/** The pieces that are coming in or being stored: memory is taken for each of them. */
export class OpenPieces {
  readonly #settings: OpenPieceSettings;
  readonly #partials = new Map<number, PartialPiece>();
  /** Pieces whose blocks in the store may be the wrong ones. */
  readonly #distrusted = new Set<number>();

  constructor(settings: OpenPieceSettings) {
    this.#settings = settings;
  }

  of(piece: number): PartialPiece | undefined {
    return this.#partials.get(piece);
  }

  /** Whether no further piece may be begun with this neighbour. */
  isFullFor({ isDealer }: Neighbour): boolean {
    return this.#partials.size >= this.#settings.openPieces + (isDealer ? DEALT_BEYOND : 0);
  }

  begin(piece: number): PartialPiece {
    const { geometry, picker, held } = this.#settings;
    const isTrusted = !this.#distrusted.has(piece);
    const isHeld = (block: number): boolean => isTrusted && held.hasBlock(piece, block);
    const partial = new PartialPiece(piece, geometry.blocksOf(piece), isHeld);
    this.#partials.set(piece, partial);
    picker.claimed(piece);
    return partial;
  }

  /** It is stored. */
  close(piece: number): void {
    this.#partials.delete(piece);
  }

  /** Its hash was wrong: all of it has to come again, also what the store has. */
  refuted(piece: number): void {
    this.#distrusted.add(piece);
    this.discard(piece);
  }

  /** What came in of it has to come again. */
  discard(piece: number): void {
    this.#partials.delete(piece);
    this.#settings.picker.released(piece);
  }

  /** The first of these that has a block free to be asked for. */
  firstFree(offered: PieceSet): PartialPiece | undefined {
    for (const partial of this.#partials.values())
      if (partial.freeBlocks > 0 && offered.has(partial.piece)) return partial;
    return undefined;
  }

  /** The first of these, but for some, of which a block may be asked for once more (end game). */
  firstLate(offered: PieceSet, but: ReadonlyMap<number, unknown>): PartialPiece | undefined {
    for (const partial of this.#partials.values())
      if (offered.has(partial.piece) && !but.has(partial.piece) && partial.hasLateBlock()) return partial;
    return undefined;
  }

  /** One that is asked of nobody, and that nobody has. */
  firstForsaken(isOffered: (piece: number) => boolean): number | undefined {
    for (const { piece, isIdle } of this.#partials.values()) if (isIdle && !isOffered(piece)) return piece;
    return undefined;
  }
}
