import type { Chance } from '../policy/chance.ts';
import { PieceSet } from '../policy/piece-set.ts';
import { ownerWeight } from '../policy/site-owner.ts';
import type { Neighbour } from './neighbour.ts';

/** Where we are. */
export interface OwnPlace {
  /** Label of our site; empty where there is only one. */
  readonly site: string;
  /** Drawn from our name, as others draw it. */
  readonly salt: number;
}

/**
 * What may come from other sites: a piece crosses the WAN once for a site, so each has one member that fetches it there,
 * unless somebody of the site has it. What a seeder deals to us was dealt to nobody else, and may come from anywhere.
 */
export class SiteGate {
  readonly #place: OwnPlace;
  readonly #pieces: number;
  readonly #neighbours: ReadonlyMap<number, Neighbour>;
  /** Pieces that others of our site have. */
  #near: PieceSet;

  constructor(place: OwnPlace, pieces: number, neighbours: ReadonlyMap<number, Neighbour>) {
    this.#place = place;
    this.#pieces = pieces;
    this.#neighbours = neighbours;
    this.#near = new PieceSet(pieces);
  }

  isFar({ site }: Neighbour): boolean {
    return this.#place.site !== '' && site !== '' && site !== this.#place.site;
  }

  isNear({ site }: Neighbour): boolean {
    return this.#place.site !== '' && site === this.#place.site;
  }

  /** Whether we may ask a neighbour for a piece that it has. */
  isOpen(neighbour: Neighbour, piece: number): boolean {
    if (!this.isFar(neighbour)) return true;
    if (neighbour.isDealer && neighbour.pieces.size < this.#pieces) return true;
    return !this.#near.has(piece) && this.#isOurs(piece);
  }

  /** A neighbour has a piece. @returns whether that is news to our site */
  announced(neighbour: Neighbour, piece: number): boolean {
    if (!this.isNear(neighbour) || this.#near.has(piece)) return false;
    this.#near.add(piece);
    return true;
  }

  /** Somebody of our site has come or gone. */
  membersChanged(): void {
    this.#near = new PieceSet(this.#pieces);
    for (const neighbour of this.#neighbours.values()) {
      if (!this.isNear(neighbour)) continue;
      for (const piece of neighbour.pieces) this.#near.add(piece);
    }
  }

  /** A piece of a far neighbour that nobody of our site has and whose owner has not fetched it, by chance, or -1. */
  orphanOf({ pieces }: Neighbour, wanted: PieceSet, chance: Chance): number {
    const orphans = [...wanted].filter((piece) => pieces.has(piece) && !this.#near.has(piece));
    return orphans.length === 0 ? -1 : orphans[chance.below(orphans.length)]!;
  }

  #isOurs(piece: number): boolean {
    const own = ownerWeight(this.#place.salt, piece);
    for (const neighbour of this.#neighbours.values()) {
      if (this.isNear(neighbour) && ownerWeight(neighbour.salt, piece) > own) return false;
    }
    return true;
  }
}
