import { type GrantChoice, nextGrant } from '../../engine/swarm/policy/grant-choker.ts';
import { type Grant, isServing, type Peer } from './peer.ts';
import type { Swarm } from './swarm.ts';

/** Whom the peers of a swarm serve. */
export interface Choking {
  /** Something has changed around a peer that has a free slot. @returns whom it serves next, or undefined */
  next(uploader: Peer): Peer | undefined;
  /** Two neighbours have found each other, or one of them is gone. */
  met(peer: Peer, neighbour: Peer): void;
  parted(peer: Peer, neighbour: Peer): void;
  /** A piece has arrived. */
  exchanged(grant: Grant, bytes: number): void;
}

/** Every upload is a grant of one piece, and whom it goes to is decided when a slot is free. */
export class GrantChoking implements Choking {
  readonly #swarm: Swarm;
  /** One for all choices, which are many. */
  readonly #choice: GrantChoice & { neighbours: Int32Array };
  #uploader: Peer | undefined;

  constructor(swarm: Swarm) {
    this.#swarm = swarm;
    this.#choice = {
      neighbours: new Int32Array(0),
      wealthOf: (peer: number) => swarm.downloads[peer]!,
      canReceive: (peer: number) => {
        const receiver = swarm.peers[peer]!;
        return !isServing(this.#uploader!, receiver) && swarm.isInterested(receiver, this.#uploader!);
      },
    };
  }

  next(uploader: Peer): Peer | undefined {
    this.#uploader = uploader;
    this.#choice.neighbours = uploader.neighbours;
    const number = nextGrant(this.#choice, this.#swarm.chance);
    return number === -1 ? undefined : this.#swarm.peers[number];
  }

  met(): void {}

  parted(): void {}

  exchanged(): void {}
}
