import type { Simulation } from '../kernel/simulation.ts';
import { joinTimeOf, type MessageSwarmModel } from './message-swarm-model.ts';

/** When the choking rounds of each peer are; the first is number 0. */
export class RoundClock {
  readonly #simulation: Simulation;
  readonly #model: MessageSwarmModel;

  constructor(model: MessageSwarmModel, simulation: Simulation) {
    this.#model = model;
    this.#simulation = simulation;
  }

  /** [s] */
  timeOf(peer: number, round: number): number {
    return joinTimeOf(this.#model, peer) + this.#model.firstRoundS + round * this.#model.roundS;
  }

  /** The last round that is over or now; 0 before the first. */
  lastOf(peer: number): number {
    return Math.max(0, Math.floor(this.#roundsSinceFirst(peer)));
  }

  /** The first round that is yet to come or now. */
  nextOf(peer: number): number {
    return Math.max(0, Math.ceil(this.#roundsSinceFirst(peer)));
  }

  #roundsSinceFirst(peer: number): number {
    return (this.#simulation.now - this.timeOf(peer, 0)) / this.#model.roundS;
  }
}
