/** Share of a new answer in the average of how long they take (RFC 6298, section 2, has 1/8 for round trips). */
const ANSWER_GAIN = 1 / 16;
/** A grant is waited for so many times as long as answers take on average. */
const PATIENT_ANSWERS = 3;
/**
 * What was dealt is waited for so many times as long as other grants at most: if its grant ends, nobody may fetch it for a
 * while. Where a seeder's link is slow, its unchokes wait behind all that it has sent, and so do answers. In the virtual
 * lab, 20 machines and a server at two fifths of their rate need 3.9 copies of time without, 2.6 with this; 2.5 is the
 * bound.
 */
const DEALT = 8;

/** How long a grant is waited for that nobody makes use of: longer where the answers to grants take longer. */
export class GrantPatience {
  readonly #longestMs: number;
  /** How long it takes from an unchoke to the first request, on average [ms]. */
  #answerMs: number;

  /** @param longestMs for a grant of anything, and for each before there was an answer */
  constructor(longestMs: number) {
    this.#longestMs = longestMs;
    this.#answerMs = longestMs / PATIENT_ANSWERS;
  }

  /** A request has come for a grant, though it may be over. */
  answered(tookMs: number): void {
    this.#answerMs += ANSWER_GAIN * (tookMs - this.#answerMs);
  }

  /** @param isDealing whether grants are for what nobody else may have yet */
  longestMs(isDealing: boolean): number {
    const longestMs = this.#longestMs * (isDealing ? DEALT : 1);
    return Math.min(longestMs, PATIENT_ANSWERS * this.#answerMs);
  }
}
