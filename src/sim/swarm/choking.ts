import { type GrantChoice, nextGrant } from '../../engine/swarm/policy/grant-choker.ts';
import type { Swarm } from './swarm.ts';

/** Whom the peers of a swarm serve. */
export interface Choking {
  /** Something has changed around a peer that has a free slot. @returns whom it serves next, or -1 */
  next(uploader: number): number;
  /** Two neighbours have found each other, or one of them is gone. */
  met(peer: number, neighbour: number): void;
  parted(peer: number, neighbour: number): void;
  /** A piece has arrived. */
  exchanged(uploader: number, receiver: number, bytes: number): void;
}

/** Slow receivers come behind all others, as in the engine (`torrent/grants.ts`). */
const SLOW_WEALTH = 2 ** 32;

/** Every upload is a grant of one piece, and whom it goes to is decided when a slot is free. */
export class GrantChoking implements Choking {
  readonly #swarm: Swarm;
  /** One for all choices, which are many. */
  readonly #choice: GrantChoice & { neighbours: Int32Array; start: number; end: number };
  #uploader = 0;

  constructor(swarm: Swarm) {
    const { downloads } = swarm.uploads;
    this.#swarm = swarm;
    this.#choice = {
      neighbours: swarm.neighbours.members,
      start: 0,
      end: 0,
      wealthOf: (peer) => downloads[peer]! + (swarm.slow?.isSlow(peer, this.#uploader) ? SLOW_WEALTH : 0),
      canReceive: (peer) =>
        !swarm.uploads.isServing(this.#uploader, peer) && swarm.isInterested(peer, this.#uploader),
    };
  }

  next(uploader: number): number {
    this.#uploader = uploader;
    const { members, starts, ends } = this.#swarm.neighbours;
    this.#choice.neighbours = members;
    this.#choice.start = starts[uploader]!;
    this.#choice.end = ends[uploader]!;
    return nextGrant(this.#choice, this.#swarm.chance);
  }

  met(): void {}

  parted(): void {}

  exchanged(): void {}
}
