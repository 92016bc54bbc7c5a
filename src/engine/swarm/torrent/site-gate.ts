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
  readonly #held: PieceSet;
  readonly #all: PieceSet;
  readonly #neighbours: ReadonlyMap<number, Neighbour>;
  /** Pieces that others of our site have. */
  #near: PieceSet;

  constructor(
    place: OwnPlace,
    torrent: {
      readonly pieces: number;
      readonly held: PieceSet;
      readonly neighbours: ReadonlyMap<number, Neighbour>;
    },
  ) {
    this.#place = place;
    this.#held = torrent.held;
    this.#all = PieceSet.full(torrent.pieces);
    this.#neighbours = torrent.neighbours;
    this.#near = new PieceSet(torrent.pieces);
  }

  isFar({ site }: Neighbour): boolean {
    return this.#place.site !== '' && site !== '' && site !== this.#place.site;
  }

  isNear({ site }: Neighbour): boolean {
    return this.#place.site !== '' && site === this.#place.site;
  }

  /** Whether a seeder keeps pieces back: of those that we have it does not tell us. */
  isDealing({ isDealer, pieces }: Neighbour): boolean {
    return isDealer && !this.#all.isWithin(pieces, this.#held);
  }

  /** Whether we may ask a far neighbour for a piece that it has. */
  isOpen(neighbour: Neighbour, piece: number): boolean {
    return this.isDealing(neighbour) || (!this.#near.has(piece) && this.#isOurs(piece));
  }

  /** A neighbour has a piece. @returns whether that is news to our site */
  announced(neighbour: Neighbour, piece: number): boolean {
    if (!this.isNear(neighbour) || this.#near.has(piece)) return false;
    this.#near.add(piece);
    return true;
  }

  /** Somebody of our site has come or gone. */
  membersChanged(): void {
    this.#near = new PieceSet(this.#all.size);
    for (const neighbour of this.#neighbours.values()) {
      if (!this.isNear(neighbour)) continue;
      for (const piece of neighbour.pieces) this.#near.add(piece);
    }
  }

  /**
   * Pieces of a far neighbour that we want and that nobody of our site has.
   * @param isForsaken what others of our site say they have is of no use: where there are no such pieces, any
   */
  orphansOf({ pieces }: Neighbour, wanted: PieceSet, isForsaken: boolean): readonly number[] {
    const there = [...wanted].filter((piece) => pieces.has(piece));
    const alone = there.filter((piece) => !this.#near.has(piece));
    return isForsaken && alone.length === 0 ? there : alone;
  }

  #isOurs(piece: number): boolean {
    const own = ownerWeight(this.#place.salt, piece);
    for (const neighbour of this.#neighbours.values()) {
      if (this.isNear(neighbour) && ownerWeight(neighbour.salt, piece) > own) return false;
    }
    return true;
  }
}
