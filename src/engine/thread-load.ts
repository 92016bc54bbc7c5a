/** What this thread uses of a processor is looked at so often [ms]. */
const WINDOW_MS = 100;
/** From this share on it is busy. */
const BUSY_SHARE = 0.5;

/** What a load is read from. */
export interface LoadClock {
  nowMs(): number;
  /** Processor time of the thread. */
  usedMs(): number;
}

/** Of the thread that asks. */
const OWN_CLOCK: LoadClock = {
  nowMs: () => performance.now(),
  usedMs() {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  },
};

/** Whether a thread had much to do lately, so that what can wait should. Time in which it was not let run does not count. */
export class ThreadLoad {
  readonly #clock: LoadClock;
  /** As long as nobody knows it is. */
  #isHigh = true;
  #readAtMs: number;
  #usedMs: number;

  constructor(clock = OWN_CLOCK) {
    this.#clock = clock;
    this.#readAtMs = clock.nowMs();
    this.#usedMs = clock.usedMs();
  }

  get isHigh(): boolean {
    const nowMs = this.#clock.nowMs();
    const passedMs = nowMs - this.#readAtMs;
    if (passedMs < WINDOW_MS) return this.#isHigh;
    const usedMs = this.#clock.usedMs();
    this.#isHigh = usedMs - this.#usedMs > BUSY_SHARE * passedMs;
    this.#readAtMs = nowMs;
    this.#usedMs = usedMs;
    return this.#isHigh;
  }
}
