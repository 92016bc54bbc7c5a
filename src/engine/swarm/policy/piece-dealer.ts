import type { Chance } from './chance.ts';
import { lowestBit, PieceSet } from './piece-set.ts';

/** Share of one piece in the average of how long they are under way (RFC 6298, section 2, has it for round trips). */
const USUAL_GAIN = 1 / 8;
/** A piece is late after so many times as long as usual. */
const LATE = 2;

/**
 * The seeder's policy in a deployment: every piece is dealt once before any is dealt twice, because the seeder's uplink
 * is the one that nobody can replace (the idea of BEP 16, super seeding, without waiting for proof of re-sending).
 *
 * They are dealt row by row: what lies side by side comes to all at about the same time, so that chunks of several pieces
 * are complete soon, disks are written all the time and in long strokes, and what peers ask for is still in memory. To
 * the swarm one order is as good as another. In the netns lab (`lab-main`, 20 machines) one piece of every row in turn took
 * 25.0 and 25.3 s, one row after the other 24.1 and 24.7.
 */
export class PieceDealer {
  readonly #fresh: PieceSet;
  /** When pieces were dealt [ms] that are not known to be in the swarm. */
  readonly #underWay = new Map<number, number>();
  /** How long pieces are under way, on average [ms]. */
  #usualMs = Number.NaN;
  /** A row that is the same in both has not been begun. */
  readonly #all: PieceSet;
  /** Rows with pieces that were taken back. */
  readonly #returned = new Set<number>();
  /** Row of 32 pieces that is dealt from as long as any of it is fresh. */
  #row: number;
  /** Something of the row has come another way. */
  #isRowShared = false;
  /** Piece of the row where a fresh one is looked for first. */
  #bit = 0;
  readonly #chance: Chance | undefined;

  /**
   * @param chance for dealers side by side: in which row each begins, and which piece of a row is next. In one order the
   * second deals what the first has just dealt, one late all the time. Who meets another in a row, or comes to one that
   * another has begun, goes on elsewhere.
   */
  constructor(pieces: number, chance?: Chance) {
    this.#fresh = PieceSet.full(pieces);
    this.#all = PieceSet.full(pieces);
    this.#chance = chance;
    this.#row = chance?.below(this.#fresh.span) ?? 0;
  }

  /** True while some piece was never dealt, or came back. */
  hasFresh(): boolean {
    return this.#fresh.size > 0;
  }

  /**
   * True until a copy of every piece is in the swarm. To serve everybody with everything as soon as the last piece was
   * dealt would have many fetch the last few pieces from the seeder, while these are on their way.
   */
  isGoingOn(): boolean {
    return this.#fresh.size > 0 || this.#underWay.size > 0;
  }

  /** True while some of these pieces is not held by a receiver. */
  hasFreshFor(held: PieceSet): boolean {
    return this.#nextFor(held) !== -1;
  }

  /** The next fresh piece for a receiver that holds these; there must be one. */
  deal(held: PieceSet, nowMs: number): number {
    if (this.#fresh.word(this.#row) === 0) this.#goOn();
    if (this.#chance) this.#bit = this.#chance.below(32);
    const piece = this.#nextFor(held);
    this.#fresh.delete(piece);
    this.#underWay.set(piece, nowMs);
    return piece;
  }

  /** A piece is in the swarm: it was dealt and has left, or came another way. */
  pass(piece: number, nowMs: number): void {
    if (!this.isGoingOn()) return;
    if (this.#fresh.delete(piece) && piece >>> 5 === this.#row) this.#isRowShared = true;
    const dealtAtMs = this.#underWay.get(piece);
    if (dealtAtMs === undefined) return;
    this.#underWay.delete(piece);
    const tookMs = nowMs - dealtAtMs;
    const isFirst = Number.isNaN(this.#usualMs);
    this.#usualMs = isFirst ? tookMs : this.#usualMs + USUAL_GAIN * (tookMs - this.#usualMs);
  }

  /** A piece whose only holder is gone becomes fresh again. */
  takeBack(piece: number): void {
    this.#underWay.delete(piece);
    this.#fresh.add(piece);
    this.#returned.add(piece >>> 5);
  }

  /** From when on the next piece under way is late [ms]; Infinity where none can be. */
  get lateAfterMs(): number {
    const [dealtAtMs] = this.#underWay.values();
    if (dealtAtMs === undefined || this.hasFresh()) return Number.POSITIVE_INFINITY;
    return dealtAtMs + LATE * this.#usualMs;
  }

  /**
   * Once nothing is fresh any more, what is under way for far longer than usual is not waited for: its receiver is slow,
   * or does not fetch it.
   */
  passLate(nowMs: number): void {
    if (this.hasFresh()) return;
    for (const [piece, dealtAtMs] of this.#underWay)
      if (!(nowMs - dealtAtMs <= LATE * this.#usualMs)) this.#underWay.delete(piece);
  }

  #goOn(): void {
    this.#row = this.#returnedRow() ?? this.#nextRow();
    this.#isRowShared = false;
  }

  /** What was taken back others wait for. */
  #returnedRow(): number | undefined {
    for (const row of this.#returned) {
      this.#returned.delete(row);
      if (this.#fresh.word(row) !== 0) return row;
    }
    return undefined;
  }

  /** The next where nobody else is, and at last any that has something fresh. */
  #nextRow(): number {
    const [fresh, all, chance] = [this.#fresh, this.#all, this.#chance];
    const isWhole = (row: number): boolean => fresh.word(row) === all.word(row);
    const next = (this.#row + 1) % fresh.span;
    if (isWhole(next) && !this.#isRowShared) return next;
    const rows = Array.from({ length: fresh.span }, (_, row) => row);
    const whole = rows.filter(isWhole);
    const left = whole.length > 0 ? whole : rows.filter((row) => fresh.word(row) !== 0);
    return chance ? left[chance.below(left.length)]! : (left.find((row) => row >= next) ?? left[0]!);
  }

  #nextFor(held: PieceSet): number {
    const rows = this.#fresh.span;
    for (let step = 0; step < rows; step++) {
      const row = (this.#row + step) % rows;
      const word = this.#fresh.word(row) & ~held.word(row);
      if (word !== 0) return (row << 5) + lowestBit(word & (-1 << this.#bit) || word);
    }
    return -1;
  }
}
