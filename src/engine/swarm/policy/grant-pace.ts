/** Share of one grant in the average of how long they take (RFC 6298, section 2, has it for round trips). */
const USUAL_GAIN = 1 / 8;
/** A grant is slow that takes so many times as long as usual, and longer than this [ms]: short ones are chance. */
const SLOW = 5;
const SLOW_MS = 500;

/** How many of an uploader's slots slow receivers may hold that others could use. */
export function mostSlow(slots: number): number {
  return slots >> 1;
}

/**
 * How long the grants of one uploader take as a rule, and so which are slow: their receivers have broken cables or slow
 * links. Where these were served like others they would hold all slots in the end, and an uplink that nobody can replace
 * would be idle: others come to the end of their grants and go, they stay.
 */
export class GrantPace {
  /** [ms]; NaN as long as no grant has come to its end. */
  #usualMs = Number.NaN;

  /** Whether any grant has come to its end. */
  get isKnown(): boolean {
    return !Number.isNaN(this.#usualMs);
  }

  /** Whether a grant that has lasted this long is slow; where nothing is known, all may be, since the uplink is. */
  isSlow(ms: number): boolean {
    return ms > this.slowAfterMs;
  }

  /** NaN where nothing is known. */
  get slowAfterMs(): number {
    return Math.max(SLOW_MS, SLOW * this.#usualMs);
  }

  /** A grant has come to its end. One that was slow counts as just that, however long it took. */
  ended(ms: number): void {
    const counted = this.isSlow(ms) ? SLOW * this.#usualMs : ms;
    this.#usualMs = this.isKnown ? this.#usualMs + USUAL_GAIN * (counted - this.#usualMs) : ms;
  }
}
