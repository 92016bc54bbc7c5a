import type { Geometry } from './geometry.ts';
import type { Neighbour } from './neighbour.ts';

/**
 * How often a neighbour may ask for all of a piece that it has been refused. What it has asked for before it hears of
 * that is once; whoever hears and goes on would do so without end, for nobody can say in this protocol that he lacks a
 * piece after all.
 */
const MOST_REPEATS = 4;

/** Pieces that could not be read for a neighbour: it is refused them for a while. */
export class WithheldPieces {
  readonly #geometry: Geometry;
  readonly #forMs: number;

  constructor(geometry: Geometry, forMs: number) {
    this.#geometry = geometry;
    this.#forMs = forMs;
  }

  /** A piece could not be read just now. */
  add({ withheld }: Neighbour, piece: number, nowMs: number): void {
    withheld.set(piece, {
      untilMs: nowMs + this.#forMs,
      requests: withheld.get(piece)?.requests ?? 0,
    });
  }

  /**
   * The neighbour asks for a block.
   * @returns whether the block is refused, and `endless` where it goes on asking for what it was refused
   */
  asked({ withheld }: Neighbour, piece: number, nowMs: number): 'served' | 'refused' | 'endless' {
    const entry = withheld.get(piece);
    if (!entry) return 'served';
    if (nowMs >= entry.untilMs) {
      withheld.delete(piece);
      return 'served';
    }
    entry.requests++;
    return entry.requests <= MOST_REPEATS * this.#geometry.blocksOf(piece) ? 'refused' : 'endless';
  }
}
