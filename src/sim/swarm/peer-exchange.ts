import { inRandomOrder } from '../../engine/swarm/policy/random-order.ts';
import type { RandomStream } from '../kernel/random-stream.ts';
import type { GrowingNeighbours } from './growing-neighbours.ts';

/** Peers that one message tells of at most (BEP 11). */
export const MOST_TOLD = 50;

/**
 * Peer exchange (BEP 11): neighbours tell a machine whom they are connected to, and it connects to these until it has as
 * many neighbours as it wants. A neighbour with more than fit into a message tells of any of them.
 */
export class PeerExchange {
  readonly #neighbours: GrowingNeighbours;
  readonly #wanted: number;
  readonly #chance: RandomStream;

  /** @param wanted neighbours with which a machine looks for no more */
  constructor(neighbours: GrowingNeighbours, wanted: number, chance: RandomStream) {
    this.#neighbours = neighbours;
    this.#wanted = wanted;
    this.#chance = chance;
  }

  /** The machine hears from all its neighbours. @returns peers that it is linked to now and was not before */
  hear(machine: number): number[] {
    const neighbours = this.#neighbours;
    if (!neighbours.hasRoom(machine) || neighbours.countOf(machine) >= this.#wanted) return [];
    const told = new Set<number>();
    for (const neighbour of neighbours.of(machine))
      for (const other of this.#message(neighbour, machine)) told.add(other);
    return neighbours.connect(machine, inRandomOrder([...told], this.#chance), this.#wanted);
  }

  #message(sender: number, receiver: number): Iterable<number> {
    const all = this.#neighbours.of(sender).filter((other) => other !== receiver);
    return all.length <= MOST_TOLD ? all : inRandomOrder([...all], this.#chance).take(MOST_TOLD);
  }
}
