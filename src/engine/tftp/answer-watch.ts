/**
 * Looks for answers instead of sleeping until they come, for as long as they are said to be near. Where a network
 * answers within a fraction of a millisecond, waking up takes as long as the answer itself, and a transfer block by
 * block pays for it with each block. Everything else that happens meanwhile is served as always.
 */
export class AnswerWatch {
  #untilMs = 0;
  #isLooking = false;

  /** An answer is near: until then nobody sleeps [ms of `performance.now()`]. */
  lookUntil(ms: number): void {
    this.#untilMs = Math.max(this.#untilMs, ms);
    if (this.#isLooking) return;
    this.#isLooking = true;
    setImmediate(this.#look);
  }

  readonly #look = (): void => {
    this.#isLooking = performance.now() < this.#untilMs;
    if (this.#isLooking) setImmediate(this.#look);
  };
}
