import { SERVER } from '../network/topology.ts';
import type { Grant, Peer } from './peer.ts';
import type { Swarm } from './swarm.ts';

/** How the seeder parts with its pieces. */
export interface Seeding {
  /** Whether the seeder deals: then it says itself whom it serves next, and not its choker. */
  isDealing(): boolean;
  /** While it deals: to whom, or undefined. */
  nextReceiver(): Peer | undefined;
  /** Whether the receiver could take a piece now. */
  canOffer(receiver: Peer): boolean;
  /** The piece that it takes then. */
  pieceFor(receiver: Peer): number;
  /** A machine has got a piece. */
  arrived(receiver: Peer, piece: number): void;
  /** A machine is gone with its pieces; what was on its way to it and from it has been cut off before. */
  left(peer: Peer): void;
  /** An upload of the seeder was cut off. */
  cutOff(grant: Grant): void;
}

/** Serves like any peer that has everything. */
export class PlainSeeding implements Seeding {
  readonly #seeder: Peer;

  constructor(swarm: Swarm) {
    this.#seeder = swarm.peers[SERVER]!;
  }

  isDealing(): boolean {
    return false;
  }

  nextReceiver(): Peer | undefined {
    return undefined;
  }

  canOffer(receiver: Peer): boolean {
    return this.#seeder.held.hasOutside(receiver.picker.taken);
  }

  pieceFor(receiver: Peer): number {
    return receiver.picker.pick(this.#seeder.held);
  }

  arrived(_receiver: Peer, _piece: number): void {}

  left(_peer: Peer): void {}

  cutOff(_grant: Grant): void {}
}
