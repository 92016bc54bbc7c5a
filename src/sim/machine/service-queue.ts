import type { Simulation } from '../kernel/simulation.ts';

/** A server that answers one request after the other, in the order in which they come, each in the same time. */
export class ServiceQueue {
  readonly #simulation: Simulation;
  readonly #serviceS: number;
  #isFreeAtS = 0;

  constructor(simulation: Simulation, serviceS: number) {
    this.#simulation = simulation;
    this.#serviceS = serviceS;
  }

  /** @param onServed called when the request has had its turn; one that nobody waits for any more has its turn as well */
  ask(onServed: () => void): void {
    const { now } = this.#simulation;
    this.#isFreeAtS = Math.max(this.#isFreeAtS, now) + this.#serviceS;
    this.#simulation.after(this.#isFreeAtS - now, onServed);
  }
}
