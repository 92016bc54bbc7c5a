import type { Neighbour } from './neighbour.ts';
import type { EmitEffect } from './swarm-effect.ts';

/** What interest follows from, and who hears of it. */
export interface InterestSource {
  readonly emit: EmitEffect;
  /** Whether an unchoke of this neighbour would be made use of, were there room for it. */
  canServe(neighbour: Neighbour): boolean;
}

/** In whom we are interested: an unchoke would be made use of now. */
export class Interest {
  readonly #limit: number;
  readonly #neighbours: ReadonlyMap<number, Neighbour>;
  readonly #source: InterestSource;
  /** Peers that owe us blocks. */
  #sources = 0;
  #hadRoom = true;

  /** @param limit with more peers sending to us than this we are interested in no further ones */
  constructor(limit: number, neighbours: ReadonlyMap<number, Neighbour>, source: InterestSource) {
    this.#limit = limit;
    this.#neighbours = neighbours;
    this.#source = source;
  }

  /** A peer has begun to owe us blocks, or stopped. */
  countSource(change: 1 | -1): void {
    const hadRoom = this.#hasRoom();
    this.#sources += change;
    if (this.#hasRoom() !== hadRoom) this.reviewAll();
  }

  reviewAll(): void {
    for (const neighbour of this.#neighbours.values()) this.review(neighbour);
  }

  /** Says what has changed. */
  review(neighbour: Neighbour): void {
    const areInterested = neighbour.askedBlocks > 0 || (this.#hasRoom() && this.#source.canServe(neighbour));
    if (areInterested === neighbour.areWeInterested) return;
    neighbour.areWeInterested = areInterested;
    const kind = areInterested ? 'interested' : 'notInterested';
    this.#source.emit({ kind: 'sendMessage', peer: neighbour.peer, message: { kind } });
  }

  /** Once there is one more than the limit it takes one less to have room again: interest must not flutter. */
  #hasRoom(): boolean {
    this.#hadRoom = this.#hadRoom ? this.#sources <= this.#limit : this.#sources < this.#limit;
    return this.#hadRoom;
  }
}
