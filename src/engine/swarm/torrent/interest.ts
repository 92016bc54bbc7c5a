import type { Neighbour } from './neighbour.ts';
import type { Sources } from './sources.ts';
import type { EmitEffect } from './swarm-effect.ts';

/** What interest follows from, and who hears of it. */
export interface InterestSource {
  readonly sources: Sources;
  readonly neighbours: ReadonlyMap<number, Neighbour>;
  readonly emit: EmitEffect;
  /** Whether an unchoke of this neighbour would be made use of, were there room for it. */
  canServe(neighbour: Neighbour): boolean;
}

/** In whom we are interested: an unchoke would be made use of now. */
export class Interest {
  readonly #source: InterestSource;

  constructor(source: InterestSource) {
    this.#source = source;
  }

  reviewAll(): void {
    for (const neighbour of this.#source.neighbours.values()) this.review(neighbour);
  }

  /** Says what has changed. */
  review(neighbour: Neighbour): void {
    const { sources } = this.#source;
    const isSource = neighbour.askedBlocks > 0;
    const areInterested = isSource || (sources.hasRoom && this.#source.canServe(neighbour));
    if (areInterested === neighbour.areWeInterested) return;
    neighbour.areWeInterested = areInterested;
    const kind = areInterested ? 'interested' : 'notInterested';
    this.#source.emit({ kind: 'sendMessage', peer: neighbour.peer, message: { kind } });
  }
}
