/** Share of a new answer in the average of how long they take (RFC 6298, section 2, has 1/8 for round trips). */
const ANSWER_GAIN = 1 / 16;
/** A grant is waited for so many times as long as answers take on average. */
const PATIENT_ANSWERS = 3;
/**
 * And so many times as long as before there was an answer at most. Where links are slow, unchokes wait behind all that
 * was sent, and so do answers: in the virtual lab, 20 machines and a server at two fifths of their rate need 3.9 copies of
 * time without, 2.6 with this; 2.5 is the bound. With links of 5 Mbit/s and pieces of 256 KiB it is 1.097 and not 1.109.
 */
const MOST_LONGER = 8;

/**
 * How long a grant is waited for that nobody makes use of: longer where answers take longer. A receiver that was served
 * asks for more when half of what it had asked for has come; that may all wait in the system's buffers, where we cannot
 * see it, and is another time than that of a first answer.
 */
export class GrantPatience {
  readonly #atFirstMs: number;
  /** From an unchoke to the first request, and from the last block that was handed over to the next request [ms]. */
  #answerMs: number;
  #refillMs: number;

  /** @param atFirstMs before there was an answer */
  constructor(atFirstMs: number) {
    this.#atFirstMs = atFirstMs;
    this.#answerMs = atFirstMs / PATIENT_ANSWERS;
    this.#refillMs = atFirstMs;
  }

  /** A request has come for a grant, though it may be over. @param isUsed whether it was not the first */
  answered(tookMs: number, isUsed: boolean): void {
    if (isUsed) this.#refillMs += ANSWER_GAIN * (tookMs - this.#refillMs);
    else this.#answerMs += ANSWER_GAIN * (tookMs - this.#answerMs);
  }

  /** For a grant that nobody has made use of yet, or that somebody has. */
  longestMs(isUsed: boolean): number {
    const usualMs = isUsed ? Math.max(this.#refillMs, this.#answerMs) : this.#answerMs;
    return Math.min(MOST_LONGER * this.#atFirstMs, PATIENT_ANSWERS * usualMs);
  }
}
