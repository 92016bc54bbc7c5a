import { availableParallelism } from 'node:os';

/** What this thread has used of a processor is looked at so often [ms]. */
const WINDOW_MS = 100;
/** From this share on it has too much to do, until it falls below the other. */
const HIGH_SHARE = 0.6;
const LOW_SHARE = 0.25;

/** What a load is read from. */
export interface LoadClock {
  nowMs(): number;
  /** Processor time of this thread. */
  usedMs(): number;
}

/** Whether this thread is busy, and others would do well to take work off it: the time that it was not let run does not count. */
export class ThreadLoad {
  readonly #clock: LoadClock;
  #isHigh = false;
  #readAtMs: number;
  #usedMs: number;

  constructor(clock: LoadClock) {
    this.#clock = clock;
    this.#readAtMs = clock.nowMs();
    this.#usedMs = clock.usedMs();
  }

  get isHigh(): boolean {
    const nowMs = this.#clock.nowMs();
    const passedMs = nowMs - this.#readAtMs;
    if (passedMs < WINDOW_MS) return this.#isHigh;
    const usedMs = this.#clock.usedMs();
    this.#isHigh = (usedMs - this.#usedMs) / passedMs > (this.#isHigh ? LOW_SHARE : HIGH_SHARE);
    this.#readAtMs = nowMs;
    this.#usedMs = usedMs;
    return this.#isHigh;
  }
}

/** Of the thread that asks. A computer with one processor has none for others. */
export const ownLoad: Pick<ThreadLoad, 'isHigh'> =
  availableParallelism() === 1
    ? { isHigh: false }
    : new ThreadLoad({
        nowMs: () => performance.now(),
        usedMs() {
          const { user, system } = process.threadCpuUsage();
          return (user + system) / 1000;
        },
      });
