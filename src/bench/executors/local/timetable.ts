/** Node fires a timer of more than this, some 25 days, at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What happens in a run and when; once it is cleared, nothing of it happens any more. */
export class Timetable {
  readonly #timers: NodeJS.Timeout[] = [];

  after(waitMs: number, act: () => void): void {
    this.#timers.push(setTimeout(act, Math.min(waitMs, LONGEST_TIMER_MS)));
  }

  every(periodMs: number, act: () => void): void {
    this.#timers.push(setInterval(act, periodMs));
  }

  clear(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }
}
