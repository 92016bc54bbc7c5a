/** Notices when for too long nothing has happened in the lab. */
export class StallGuard {
  /** How long is too long. */
  readonly patienceMs: number;
  #lastSign = '';
  #lastSignMs: number;

  constructor(patienceMs: number, nowMs: number) {
    this.patienceMs = patienceMs;
    this.#lastSignMs = nowMs;
  }

  /**
   * @param sign of life: anything that differs from the last one counts
   * @returns true when the same sign has been seen for too long
   */
  isStalled(sign: string, nowMs: number): boolean {
    if (sign !== this.#lastSign) {
      this.#lastSign = sign;
      this.#lastSignMs = nowMs;
    }
    return nowMs - this.#lastSignMs >= this.patienceMs;
  }
}
