/** A piece that has been handed to a connection. */
interface ArrivingPiece {
  readonly receiver: number;
  readonly sinceMs: number;
}

/** A receiver is waited for so many times as long as it takes on average to have a piece, and so long [ms]. */
const PATIENT_ARRIVALS = 3;
const SHORTEST_MS = 500;
const AT_FIRST_MS = 4_000;
const LONGEST_MS = 15_000;
/** Share of a new arrival in the average of how long they take (RFC 6298, section 2, has it for round trips). */
const ARRIVAL_GAIN = 1 / 8;
/** What was handed over just now is not counted [ms]: on quick links more is on its way than a few pieces. */
const FRESH_MS = 5;

/**
 * Pieces that were handed to connections, and whose receivers have not said that they have them. They may wait in buffers
 * of the system, where nobody sees them; whoever hands over one after the other has all of them on their way at a time,
 * and none of them arrives.
 */
export class ArrivingPieces {
  readonly #pieces = new Map<number, ArrivingPiece>();
  /** Receivers that have not said in time what they have: they are not waited for until they do. */
  readonly #silent = new Set<number>();
  /** On average [ms]. */
  #tookMs = AT_FIRST_MS / PATIENT_ARRIVALS;

  add(piece: number, receiver: number, nowMs: number): void {
    if (!this.#silent.has(receiver)) this.#pieces.set(piece, { receiver, sinceMs: nowMs });
  }

  /** Somebody has it. */
  arrived(piece: number, nowMs: number): void {
    const arriving = this.#pieces.get(piece);
    if (!arriving) return;
    this.#tookMs += ARRIVAL_GAIN * (nowMs - arriving.sinceMs - this.#tookMs);
    this.#silent.delete(arriving.receiver);
    this.#pieces.delete(piece);
  }

  /** It wants nothing any more of what it was dealt: all of it is there. */
  allArrived(receiver: number, nowMs: number): void {
    for (const [piece, arriving] of this.#pieces)
      if (arriving.receiver === receiver) this.arrived(piece, nowMs);
  }

  /** It has gone, or is slow. */
  forget(receiver: number): void {
    this.#silent.delete(receiver);
    for (const [piece, arriving] of this.#pieces)
      if (arriving.receiver === receiver) this.#pieces.delete(piece);
  }

  /** To be called now and then. */
  ticked(nowMs: number): void {
    const longestMs = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, PATIENT_ARRIVALS * this.#tookMs));
    for (const { receiver, sinceMs } of this.#pieces.values())
      if (nowMs - sinceMs > longestMs) this.#silent.add(receiver);
  }

  get isAnyWaitedFor(): boolean {
    return this.#pieces.values().some(({ receiver }) => !this.#silent.has(receiver));
  }

  count(nowMs: number): number {
    let count = 0;
    for (const { receiver, sinceMs } of this.#pieces.values())
      if (nowMs - sinceMs >= FRESH_MS && !this.#silent.has(receiver)) count++;
    return count;
  }
}
