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

/** We, when we look for what owners have left. */
export interface Seeker {
  readonly wanted: PieceSet;
  /** What others of our site say they have is of no use. */
  readonly isForsaken: boolean;
  /** Whether a member of our site is to be left what it owns. */
  isAtWork(owner: Neighbour): boolean;
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
    return areApart(this.#place.site, site);
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

  /** Pieces of a far neighbour that we want and that nobody of our site has, or else, where we are forsaken, any. */
  orphansOf({ pieces }: Neighbour, { wanted, isForsaken, isAtWork }: Seeker): readonly number[] {
    const there = [...wanted].filter((piece) => pieces.has(piece));
    const alone = there.filter((piece) => !this.#near.has(piece));
    if (isForsaken && alone.length === 0) return there;
    return alone.filter((piece) => {
      const owner = this.#ownerBesideUs(piece);
      return !owner || !isAtWork(owner);
    });
  }

  #ownerBesideUs(piece: number): Neighbour | undefined {
    let [owner, most]: [Neighbour | undefined, number] = [undefined, -1];
    for (const neighbour of this.#neighbours.values()) {
      if (!this.isNear(neighbour)) continue;
      const weight = ownerWeight(neighbour.salt, piece);
      if (weight > most) [owner, most] = [neighbour, weight];
    }
    return owner;
  }

  #isOurs(piece: number): boolean {
    const own = ownerWeight(this.#place.salt, piece);
    for (const neighbour of this.#neighbours.values()) {
      if (this.isNear(neighbour) && ownerWeight(neighbour.salt, piece) > own) return false;
    }
    return true;
  }
}

/** Whether these are labels of two sites; where one of them is empty, nothing says that they are far from each other. */
export function areApart(one: string, other: string): boolean {
  return one !== '' && other !== '' && one !== other;
}
