import type { Simulation } from '../kernel/simulation.ts';
import { SERVER } from '../network/topology.ts';
import type { Seeding } from './seeding.ts';
import type { SwarmState } from './swarm.ts';
import type { Tracker } from './tracker.ts';

/** Peers that find each other by a tracker; the machines are 1 to `machines`. */
interface SearchedSwarm extends SwarmState {
  readonly tracker: Tracker;
  readonly machines: number;
}

/** When the tracker is asked, and who hears of it. */
interface SearchClock {
  readonly simulation: Simulation;
  /** Time between two asks [s]; Infinity for one. */
  readonly announceS: number;
  readonly seeding: Seeding;
  /** To be called when a machine that is there has found others. */
  readonly found: (machine: number, others: readonly number[]) => void;
}

/**
 * Machines that look for others while they lack pieces: they ask the tracker when they come, and again and again. Where
 * nothing is under way and nobody is found they rest until somebody comes or goes: else a swarm that has stalled would ask
 * for ever.
 */
export class PeerSearch {
  readonly #swarm: SearchedSwarm;
  readonly #clock: SearchClock;
  /** By machine: the event of its next ask. */
  readonly #asks: number[] = [];
  readonly #resting = new Set<number>();

  constructor(swarm: SearchedSwarm, clock: SearchClock) {
    this.#swarm = swarm;
    this.#clock = clock;
  }

  joined(machine: number): void {
    this.#introduce(machine, this.#swarm.tracker.join(machine));
    this.#wakeResting();
    this.#asks[machine] = this.#clock.simulation.open(this.#ask, machine);
    this.#askLater(machine);
  }

  left(peer: number): void {
    this.#swarm.tracker.leave(peer);
    this.#clock.seeding.relinked();
    const ask = this.#asks[peer];
    if (ask !== undefined) this.#clock.simulation.cancel(ask);
    this.#resting.delete(peer);
    this.#wakeResting();
  }

  readonly #ask = (machine: number): void => {
    const { held, pieces, tracker, uploads } = this.#swarm;
    if (held.sizes[machine] === pieces) return;
    const others = tracker.ask(machine);
    this.#introduce(machine, others);
    this.#clock.found(machine, others);
    if (others.length > 0 || uploads.running > 0) this.#askLater(machine);
    else this.#resting.add(machine);
  };

  #askLater(machine: number): void {
    const { simulation, announceS } = this.#clock;
    if (announceS < Number.POSITIVE_INFINITY)
      simulation.schedule(this.#asks[machine]!, simulation.now + announceS);
  }

  #wakeResting(): void {
    for (const machine of this.#resting) this.#askLater(machine);
    this.#resting.clear();
  }

  /** Each tells the other what it has. Who has had everything from the start makes no piece rarer than another. */
  #introduce(machine: number, others: readonly number[]): void {
    const { picking, machines } = this.#swarm;
    for (const other of others) {
      if (other !== SERVER && other <= machines) picking.introduced(machine, other);
      picking.introduced(other, machine);
    }
    if (others.includes(SERVER)) this.#clock.seeding.relinked();
  }
}
