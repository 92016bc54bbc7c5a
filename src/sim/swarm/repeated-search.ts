import type { Simulation } from '../kernel/simulation.ts';

/** A way for a machine to hear of others, again and again. */
interface SearchWay {
  readonly simulation: Simulation;
  /** Time between two tries [s]; Infinity for none but the first. */
  readonly everyS: number;
  /** Whether a machine goes on looking. */
  readonly isLooking: (machine: number) => boolean;
  /** One try. @returns whether to try again though nobody may have come or gone */
  readonly look: (machine: number) => boolean;
}

/**
 * When machines look for others. One that found nobody while nothing was under way rests until it is woken: else a swarm
 * that has stalled would look for ever.
 */
export class RepeatedSearch {
  readonly #way: SearchWay;
  /** By machine: the event of its next try. */
  readonly #tries: number[] = [];
  readonly #resting = new Set<number>();

  constructor(way: SearchWay) {
    this.#way = way;
  }

  joined(machine: number): void {
    this.#tries[machine] ??= this.#way.simulation.open(this.#try, machine);
    this.#tryLater(machine);
  }

  left(peer: number): void {
    const next = this.#tries[peer];
    if (next !== undefined) this.#way.simulation.cancel(next);
    this.#resting.delete(peer);
  }

  /** Looking may be of use again. */
  wake(): void {
    for (const machine of this.#resting) this.#tryLater(machine);
    this.#resting.clear();
  }

  readonly #try = (machine: number): void => {
    if (!this.#way.isLooking(machine)) return;
    if (this.#way.look(machine)) this.#tryLater(machine);
    else this.#resting.add(machine);
  };

  #tryLater(machine: number): void {
    const { simulation, everyS } = this.#way;
    if (everyS < Number.POSITIVE_INFINITY)
      simulation.schedule(this.#tries[machine]!, simulation.now + everyS);
  }
}
