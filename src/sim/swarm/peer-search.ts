import type { RandomStream } from '../kernel/random-stream.ts';
import type { Simulation } from '../kernel/simulation.ts';
import { SERVER } from '../network/topology.ts';
import { PeerExchange } from './peer-exchange.ts';
import { RepeatedSearch } from './repeated-search.ts';
import type { Seeding } from './seeding.ts';
import type { SwarmState } from './swarm.ts';
import type { Tracker } from './tracker.ts';

/** Peers that find each other by a tracker; the machines are 1 to `machines`. */
interface SearchedSwarm extends SwarmState {
  readonly tracker: Tracker;
  readonly machines: number;
}

/** When machines look for others, and who hears of it. */
interface SearchClock {
  readonly simulation: Simulation;
  /** Time between two asks of the tracker [s]; Infinity for one. */
  readonly announceS: number;
  /** Time between two messages of peer exchange [s]; Infinity for none. */
  readonly pexS: number;
  readonly chance: RandomStream;
  readonly seeding: Seeding;
  /** To be called when a machine that is there has found others. */
  readonly found: (machine: number, others: readonly number[]) => void;
}

/**
 * Machines that look for others while they lack pieces: they ask the tracker, and hear from their neighbours, when they
 * come, and again and again.
 */
export class PeerSearch {
  readonly #swarm: SearchedSwarm;
  readonly #clock: SearchClock;
  readonly #asks: RepeatedSearch;
  readonly #exchange: PeerExchange;
  readonly #exchanges: RepeatedSearch;

  constructor(swarm: SearchedSwarm, clock: SearchClock) {
    this.#swarm = swarm;
    this.#clock = clock;
    const { tracker, held, pieces } = swarm;
    const { simulation, announceS, pexS, chance } = clock;
    this.#exchange = new PeerExchange(tracker.neighbours, tracker.wanted, chance);
    const isLooking = (peer: number): boolean => peer !== SERVER && held.sizes[peer] !== pieces;
    const ask = (machine: number): boolean =>
      this.#look(machine, tracker.ask(machine)) || tracker.mayYetTell(machine);
    const hear = (machine: number): boolean => this.#look(machine, this.#exchange.hear(machine));
    this.#asks = new RepeatedSearch({ simulation, everyS: announceS, isLooking, look: ask });
    this.#exchanges = new RepeatedSearch({ simulation, everyS: pexS, isLooking, look: hear });
  }

  /** A machine has come, or come back; or the server has. */
  joined(peer: number): void {
    this.#introduce(peer, this.#swarm.tracker.join(peer));
    if (this.#clock.pexS < Number.POSITIVE_INFINITY) this.#introduce(peer, this.#exchange.hear(peer));
    this.wake();
    this.#asks.joined(peer);
    this.#exchanges.joined(peer);
  }

  left(peer: number): void {
    const { tracker, picking } = this.#swarm;
    for (const other of tracker.neighbours.of(peer))
      if (this.#isMachine(other)) picking.forgotten(peer, other);
    tracker.leave(peer);
    this.#clock.seeding.relinked();
    this.#asks.left(peer);
    this.#exchanges.left(peer);
    this.wake();
  }

  /** Those may find others who had given up: somebody has come, gone or found others, or something is under way again. */
  wake(): void {
    this.#asks.wake();
    this.#exchanges.wake();
  }

  #look(machine: number, others: readonly number[]): boolean {
    this.#introduce(machine, others);
    this.#clock.found(machine, others);
    if (others.length > 0) this.wake();
    return others.length > 0 || this.#swarm.uploads.running > 0;
  }

  /** Each tells the other what it has. Who has had everything from the start makes no piece rarer than another. */
  #introduce(peer: number, others: readonly number[]): void {
    const { picking } = this.#swarm;
    for (const other of others) {
      if (this.#isMachine(other)) picking.introduced(peer, other);
      if (this.#isMachine(peer)) picking.introduced(other, peer);
    }
    if (peer === SERVER || others.includes(SERVER)) this.#clock.seeding.relinked();
  }

  #isMachine(peer: number): boolean {
    return peer !== SERVER && peer <= this.#swarm.machines;
  }
}
