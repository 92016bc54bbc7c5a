/** Before the first measurement: networks that boot machines answer within milliseconds. */
const FIRST_TIMEOUT_MS = 500;
/** A client that is busy with the bytes it got is not to be sent them again. */
const SHORTEST_TIMEOUT_MS = 100;
const LONGEST_TIMEOUT_MS = 5000;

/**
 * When to send again: the estimate of RFC 6298, 2, with bounds for local networks, doubled at each silence (RFC 1123,
 * 4.2.3.2). A time that the client has asked for (RFC 2349) is the longest: curl always asks for six seconds, and would wait
 * that long for every datagram that is lost.
 */
export class RoundTrip {
  readonly #longestMs: number;
  #smoothedMs = Number.NaN;
  #variationMs = 0;
  #shortestMs = 0;
  #doublings = 0;

  constructor(longestMs = LONGEST_TIMEOUT_MS) {
    this.#longestMs = longestMs;
  }

  /** An answer came after so long, to something that was sent once (Karn). */
  measured(ms: number): void {
    if (Number.isNaN(this.#smoothedMs)) {
      this.#smoothedMs = ms;
      this.#variationMs = ms / 2;
      this.#shortestMs = ms;
      return;
    }
    this.#variationMs += (Math.abs(ms - this.#smoothedMs) - this.#variationMs) / 4;
    this.#smoothedMs += (ms - this.#smoothedMs) / 8;
    this.#shortestMs = Math.min(this.#shortestMs, ms);
  }

  /** Something came that was not known before. */
  answered(): void {
    this.#doublings = 0;
  }

  silent(): void {
    this.#doublings++;
  }

  /** No answer came sooner; 0 before the first [ms]. */
  get shortestMs(): number {
    return this.#shortestMs;
  }

  get timeoutMs(): number {
    const estimate = Number.isNaN(this.#smoothedMs)
      ? FIRST_TIMEOUT_MS
      : Math.max(SHORTEST_TIMEOUT_MS, this.#smoothedMs + 4 * this.#variationMs);
    return Math.min(this.#longestMs, estimate * 2 ** this.#doublings);
  }
}
