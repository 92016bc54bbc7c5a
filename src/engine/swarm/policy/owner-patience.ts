/** So long the owner of pieces at another site may take before others of its site fetch them [ms]. */
export const ADOPT_MS = 5_000;
/** It is at work as long as it takes not longer than so many times its longest pause. */
const PAUSES = 3;

/**
 * Whether a member of a site is at work on what it owns. The link to another site carries no more when others help, and
 * what they help with crosses twice: in the simulated `wan` 1.06 copies instead of 1.00, in the netns lab 1.10 to 1.15.
 */
export class OwnerPatience {
  #lastMs: number;
  #longestMs = 0;

  /** @param nowMs when it became known */
  constructor(nowMs: number) {
    this.#lastMs = nowMs;
  }

  /** It has brought a piece that nobody of its site had. */
  brought(nowMs: number): void {
    this.#longestMs = Math.max(this.#longestMs, nowMs - this.#lastMs);
    this.#lastMs = nowMs;
  }

  /** False for one that has brought nothing yet: it may have no way to get there. */
  isAtWork(nowMs: number): boolean {
    if (this.#longestMs === 0) return false;
    return nowMs - this.#lastMs < Math.max(ADOPT_MS, PAUSES * this.#longestMs);
  }
}
