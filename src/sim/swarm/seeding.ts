import { SERVER } from '../network/topology.ts';
import { hasFor } from './interest.ts';
import type { Swarm } from './swarm.ts';

/** How the seeder parts with its pieces. */
export interface Seeding {
  /** Whether the seeder deals: then it says itself whom it serves next, and not its choker. */
  isDealing(): boolean;
  /** While it deals: to whom, or -1. */
  nextReceiver(): number;
  /** From when on it waits no more for a piece that it has dealt [ms]; Infinity where there is none. */
  lateAfterMs(): number;
  /** Whether the receiver could take a piece now. */
  canOffer(receiver: number): boolean;
  /** The piece that it takes then. */
  pieceFor(receiver: number): number;
  /** A machine has got a piece. */
  arrived(receiver: number, piece: number): void;
  /** The seeder has found that a machine is slow that it serves. */
  slowed(receiver: number): void;
  /** The seeder has other neighbours than before. */
  relinked(): void;
  /** A machine is gone with its pieces; what was on its way to it and from it has been cut off before. */
  left(peer: number): void;
  /** An upload of the seeder was cut off. */
  cutOff(piece: number): void;
}

/** Serves like any peer that has everything. */
export class PlainSeeding implements Seeding {
  readonly #swarm: Swarm;

  constructor(swarm: Swarm) {
    this.#swarm = swarm;
  }

  isDealing(): boolean {
    return false;
  }

  nextReceiver(): number {
    return -1;
  }

  lateAfterMs(): number {
    return Number.POSITIVE_INFINITY;
  }

  canOffer(receiver: number): boolean {
    return hasFor(this.#swarm, SERVER, receiver);
  }

  pieceFor(receiver: number): number {
    return this.#swarm.picking.pick(receiver, SERVER);
  }

  arrived(_receiver: number, _piece: number): void {}

  slowed(_receiver: number): void {}

  relinked(): void {}

  left(_peer: number): void {}

  cutOff(_piece: number): void {}
}
