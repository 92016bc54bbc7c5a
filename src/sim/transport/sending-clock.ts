import type { Simulation } from '../kernel/simulation.ts';

/** What of a sending is still to happen, and can be held up as a whole. */
export class SendingClock {
  readonly #simulation: Simulation;
  /** By event that is still to come: its time, as of when the clock went last [s]. */
  readonly #times = new Map<number, number>();
  #stoppedS: number | undefined;
  #stoodStillS = 0;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
  }

  /** The time without that in which it stood still [s]. */
  get now(): number {
    return (this.#stoppedS ?? this.#simulation.now) - this.#stoodStillS;
  }

  /** Runs `action` once, `delayS` seconds of this clock from now; it is going. */
  after(delayS: number, action: () => void): void {
    const event = this.#simulation.open(() => {
      this.#times.delete(event);
      this.#simulation.close(event);
      action();
    });
    const timeS = this.#simulation.now + delayS;
    this.#times.set(event, timeS);
    this.#simulation.schedule(event, timeS);
  }

  /** Nothing of it happens until it goes on. */
  stop(): void {
    this.#stoppedS = this.#simulation.now;
    for (const event of this.#times.keys()) this.#simulation.cancel(event);
  }

  /** All that is still to come happens later by the time that it stood still. */
  goOn(): void {
    const lateS = this.#simulation.now - this.#stoppedS!;
    this.#stoppedS = undefined;
    this.#stoodStillS += lateS;
    for (const [event, timeS] of this.#times) {
      this.#times.set(event, timeS + lateS);
      this.#simulation.schedule(event, timeS + lateS);
    }
  }
}
