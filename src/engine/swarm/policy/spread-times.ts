/** A piece that was dealt, and that nobody has but its receiver at most. */
interface LonePiece {
  readonly receiver: number;
  readonly sinceMs: number;
  /** Its receiver has it. */
  isThere: boolean;
}

/** What is known of a receiver: late is also who has a piece for too long that nobody else has. */
export type SpreadPace = 'quick' | 'unknown' | 'late';

/** A receiver is late whose pieces take so many times as long as those of the quickest. */
const LATE = 1.5;
/** What the quickest took grows by this share with each piece that takes longer: the quickest may have gone. */
const FORGOTTEN = 1 / 50;

/**
 * How long pieces take from when they are dealt until somebody else than their receiver has them, and so which receivers
 * are no good to deal to: their links are slow, or those that they send over are, and what they were dealt all others
 * wait for. Of each receiver one piece at a time is watched.
 */
export class SpreadTimes {
  /** By piece. */
  readonly #lone = new Map<number, LonePiece>();
  /** By receiver: its piece that is watched. */
  readonly #watched = new Map<number, number>();
  /** By receiver: what its last piece took [ms]. */
  readonly #tookMs = new Map<number, number>();
  #quickestMs = Number.POSITIVE_INFINITY;

  dealt(piece: number, receiver: number, nowMs: number): void {
    this.forgetPiece(piece);
    if (this.#watched.has(receiver)) return;
    this.#watched.set(receiver, piece);
    this.#lone.set(piece, { receiver, sinceMs: nowMs, isThere: false });
  }

  /** Somebody has a piece; where it is not from its receiver it tells nothing of that. */
  announced(piece: number, holder: number, nowMs: number): void {
    const lone = this.#lone.get(piece);
    if (!lone) return;
    if (lone.receiver === holder) {
      lone.isThere = true;
      return;
    }
    this.forgetPiece(piece);
    const tookMs = nowMs - lone.sinceMs;
    if (!lone.isThere || tookMs === 0) return;
    this.#tookMs.set(lone.receiver, tookMs);
    this.#quickestMs = Math.min(tookMs, this.#quickestMs * (1 + FORGOTTEN));
  }

  /** A piece is not waited for. */
  forgetPiece(piece: number): void {
    const lone = this.#lone.get(piece);
    if (!lone) return;
    this.#lone.delete(piece);
    this.#watched.delete(lone.receiver);
  }

  /** Nothing is known of a receiver. */
  forget(receiver: number): void {
    const piece = this.#watched.get(receiver);
    if (piece !== undefined) this.forgetPiece(piece);
    this.#tookMs.delete(receiver);
  }

  paceOf(receiver: number, nowMs: number): SpreadPace {
    const longestMs = LATE * this.#quickestMs;
    const tookMs = this.#tookMs.get(receiver);
    const piece = this.#watched.get(receiver);
    const waitsMs = piece === undefined ? 0 : nowMs - this.#lone.get(piece)!.sinceMs;
    if (waitsMs > longestMs || tookMs! > longestMs) return 'late';
    return tookMs === undefined ? 'unknown' : 'quick';
  }
}
