/** A piece that was dealt, and that nobody has but its receiver at most. */
interface LonePiece {
  readonly receiver: number;
  readonly sinceMs: number;
}

/** A receiver is quick whose last piece did not take too long, and late also while one that it has does. */
export type SpreadPace = 'quick' | 'unknown' | 'late';

/** A receiver is late whose pieces take so many times as long as those of the quickest. */
const LATE = 1.5;
/** What the quickest took grows by this share with each piece that takes longer: the quickest may have gone. */
const FORGOTTEN = 1 / 50;

/**
 * How long pieces take from when they are dealt until somebody else than their receiver has them, and so which receivers
 * are no good to deal to: their links are slow, or those that they send over are, and what they were dealt all others
 * wait for.
 */
export class SpreadTimes {
  /** By piece, in the order in which they were dealt. */
  readonly #lone = new Map<number, LonePiece>();
  /** By receiver: what its last piece took [ms]. */
  readonly #tookMs = new Map<number, number>();
  #quickestMs = Number.POSITIVE_INFINITY;

  dealt(piece: number, receiver: number, nowMs: number): void {
    this.#lone.delete(piece);
    this.#lone.set(piece, { receiver, sinceMs: nowMs });
  }

  /** Somebody has a piece. */
  announced(piece: number, holder: number, nowMs: number): void {
    const lone = this.#lone.get(piece);
    if (!lone || lone.receiver === holder) return;
    this.#lone.delete(piece);
    const tookMs = nowMs - lone.sinceMs;
    this.#tookMs.set(lone.receiver, tookMs);
    this.#quickestMs = Math.min(tookMs, this.#quickestMs * (1 + FORGOTTEN));
  }

  left(receiver: number): void {
    this.#tookMs.delete(receiver);
    for (const [piece, lone] of this.#lone) if (lone.receiver === receiver) this.#lone.delete(piece);
  }

  /** What is known of receivers now. */
  paces(nowMs: number): (receiver: number) => SpreadPace {
    const longestMs = LATE * this.#quickestMs;
    const waiting = new Set<number>();
    for (const { receiver, sinceMs } of this.#lone.values()) {
      if (nowMs - sinceMs <= longestMs) break;
      waiting.add(receiver);
    }
    return (receiver) => {
      const tookMs = this.#tookMs.get(receiver);
      if (waiting.has(receiver) || tookMs! > longestMs) return 'late';
      return tookMs === undefined ? 'unknown' : 'quick';
    };
  }
}
