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
  /** Share of all pieces that are still to come. */
  missingShare(): number;
}

/**
 * A seeder that has dealt everything is wanted beside all other sources until so little is missing. Where machines send
 * slower than they receive its uplink would fall idle otherwise: in the virtual lab six machines with uplinks of a third
 * need 1.10 times the bound, and 1.22 without. Kept up to the end it would send 8 % of a copy for nothing where all links
 * are alike; so then it is wanted last.
 */
const LITTLE_SHARE = 1 / 8;
/** Without any source for so long [ms] it is wanted all the same: others have what is missing, and do not give it. */
const STARVING_MS = 1000;

/** In whom we are interested: an unchoke would be made use of now. */
export class Interest {
  readonly #source: InterestSource;
  /** When somebody owed us blocks last. */
  #servedAtMs = Number.NEGATIVE_INFINITY;
  #isStarving = true;

  constructor(source: InterestSource) {
    this.#source = source;
  }

  /** From time to time: a seeder may have become the only one that has what we want, or the only one that gives it. */
  ticked(nowMs: number): void {
    if (this.#source.sources.areThere) this.#servedAtMs = nowMs;
    this.#isStarving = nowMs - this.#servedAtMs >= STARVING_MS;
    this.reviewAll();
  }

  reviewAll(): void {
    for (const neighbour of this.#source.neighbours.values()) this.review(neighbour);
  }

  /** Says what has changed. */
  review(neighbour: Neighbour): void {
    const isSource = this.#source.sources.isSource(neighbour);
    const areInterested = isSource || (this.#mayCome(neighbour) && this.#source.canServe(neighbour));
    if (areInterested === neighbour.areWeInterested) return;
    neighbour.areWeInterested = areInterested;
    const kind = areInterested ? 'interested' : 'notInterested';
    this.#source.emit({ kind: 'sendMessage', peer: neighbour.peer, message: { kind } });
  }

  #mayCome(neighbour: Neighbour): boolean {
    const { sources, missingShare } = this.#source;
    if (!neighbour.isDealer) return sources.hasRoom;
    return missingShare() > LITTLE_SHARE || (sources.hasRoom && (this.#isStarving || !this.#isElsewhere()));
  }

  /** Whether anybody but a seeder has something that we want. */
  #isElsewhere(): boolean {
    return this.#source.neighbours
      .values()
      .some(({ isDealer, wantedPieces }) => !isDealer && wantedPieces > 0);
  }
}
