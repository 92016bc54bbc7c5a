import { PieceRows, type PieceSet } from '../../engine/swarm/policy/piece-set.ts';
import { ownerWeight } from '../../engine/swarm/policy/site-owner.ts';
import { SERVER } from '../network/topology.ts';
import type { Neighbours } from './neighbours.ts';

/** Where peers are, and what they have. */
interface CrossingPlace {
  /** Site of every peer, the server first; a web seed, which comes last, has none. */
  readonly sites: readonly number[];
  /** Drawn for each peer. */
  readonly salts: readonly number[];
  readonly held: PieceRows;
  readonly neighbours: Neighbours;
  readonly isHere: Uint8Array;
}

/**
 * What may come to a machine from another site: pieces of which it is the owner among the neighbours at its site
 * (`policy/site-owner.ts`), as long as none of these has them; the rule of the engine (`torrent/site-gate.ts`). What the
 * seeder deals may come from anywhere.
 */
export class Crossing {
  readonly #place: CrossingPlace;
  /** By machine: what neighbours at its site have, and what it may take from elsewhere. */
  readonly #near: PieceRows;
  readonly #open: PieceRows;
  readonly #nearSet: PieceSet;
  readonly #openSet: PieceSet;
  readonly #offer: PieceRows;
  readonly #offerSet: PieceSet;

  constructor(place: CrossingPlace) {
    const { pieces, sizes } = place.held;
    this.#place = place;
    this.#near = new PieceRows(sizes.length, pieces);
    this.#open = new PieceRows(sizes.length, pieces);
    this.#nearSet = this.#near.row(SERVER);
    this.#openSet = this.#open.row(SERVER);
    this.#offer = new PieceRows(1, pieces);
    this.#offerSet = this.#offer.row(0);
  }

  isAcross(receiver: number, uploader: number): boolean {
    const { sites } = this.#place;
    return sites[uploader] !== undefined && sites[uploader] !== sites[receiver];
  }

  /** Whether a receiver may take a piece from across. */
  isOpen(receiver: number, piece: number): boolean {
    return !this.#isServedAtHome(receiver) && this.#openSet.moveTo(receiver).has(piece);
  }

  /** Whether an uploader across has something for a receiver that this has not taken. */
  has(receiver: number, uploader: number, taken: PieceRows): boolean {
    if (this.#isServedAtHome(receiver)) return false;
    const { held } = this.#place;
    const { span } = held;
    for (let place = 0; place < span; place++) {
      const open = held.words[uploader * span + place]! & this.#open.words[receiver * span + place]!;
      if ((open & ~taken.words[receiver * span + place]!) !== 0) return true;
    }
    return false;
  }

  /** Of what an uploader across has, what a receiver may take. The set is another one after the next call. */
  offered(receiver: number, uploader: number): PieceSet {
    const { held } = this.#place;
    const { span } = held;
    for (let place = 0; place < span; place++)
      this.#offer.words[place] =
        held.words[uploader * span + place]! & this.#open.words[receiver * span + place]!;
    // As many as the uploader has: of one that has everything pickers also look at what nobody was announced to have.
    this.#offer.sizes[0] = held.sizes[uploader]!;
    return this.#offerSet;
  }

  /**
   * Pieces of an uploader across that a receiver has not taken, and that nobody at its site has, or else, where it is
   * forsaken, any.
   */
  orphans(receiver: number, uploader: number, { taken, isForsaken, isAtWork }: Seeker): number[] {
    const own = taken.row(receiver);
    const there = [...this.#place.held.row(uploader)].filter((piece) => !own.has(piece));
    const near = this.#nearSet.moveTo(receiver);
    const alone = there.filter((piece) => !near.has(piece));
    if (isForsaken && alone.length === 0) return there;
    const members = [...this.#membersNear(receiver)];
    return alone.filter((piece) => {
      const owner = this.#ownerAmong(members, piece);
      return owner === undefined || !isAtWork(owner);
    });
  }

  #ownerAmong(members: readonly number[], piece: number): number | undefined {
    const weightOf = (member: number): number => ownerWeight(this.#place.salts[member]!, piece);
    return members.reduce<number | undefined>(
      (best, member) => (best === undefined || weightOf(member) > weightOf(best) ? member : best),
      undefined,
    );
  }

  /** A receiver may take a piece whose owner has left it. */
  adopt(receiver: number, piece: number): void {
    this.#openSet.moveTo(receiver).add(piece);
  }

  joined(machine: number): void {
    this.#learn(machine);
    for (const member of this.#membersNear(machine)) this.#hear(member, machine);
  }

  /** Two peers that are here have found each other. */
  met(one: number, other: number): void {
    if (!this.#isNear(one, other)) return;
    this.#hear(one, other);
    this.#hear(other, one);
  }

  /** @returns members of its site for which more is open than before */
  left(peer: number): readonly number[] {
    const members = [...this.#membersNear(peer)];
    for (const member of members) this.#learn(member);
    return members;
  }

  /** It need not cross again for those who know the machine. */
  arrived(machine: number, piece: number): void {
    for (const member of this.#membersNear(machine)) {
      this.#nearSet.moveTo(member).add(piece);
      this.#openSet.moveTo(member).delete(piece);
    }
  }

  /** From the start. */
  #learn(machine: number): void {
    const open = this.#openSet.moveTo(machine);
    this.#nearSet.moveTo(machine).clear();
    for (let piece = 0; piece < this.#place.held.pieces; piece++) open.add(piece);
    for (const member of this.#membersNear(machine)) this.#hear(machine, member);
  }

  /** A machine hears of a member of its site. */
  #hear(machine: number, member: number): void {
    const { held, salts } = this.#place;
    const [near, open] = [this.#nearSet.moveTo(machine), this.#openSet.moveTo(machine)];
    for (const piece of held.row(member)) {
      near.add(piece);
      open.delete(piece);
    }
    const [own, other] = [salts[machine]!, salts[member]!];
    for (const piece of open) if (ownerWeight(other, piece) > ownerWeight(own, piece)) open.delete(piece);
  }

  *#membersNear(peer: number): Generator<number> {
    const { neighbours, isHere } = this.#place;
    for (const other of neighbours.of(peer))
      if (isHere[other] === 1 && this.#isNear(peer, other)) yield other;
  }

  /** The server is no member: what it has not dealt it shows to nobody. */
  #isNear(one: number, other: number): boolean {
    const { sites } = this.#place;
    return one !== SERVER && other !== SERVER && sites[one] === sites[other];
  }

  /** Whether the server is at its site, known to it, and shows everything. */
  #isServedAtHome(machine: number): boolean {
    const { sites, held, isHere, neighbours } = this.#place;
    if (isHere[SERVER] !== 1 || sites[machine] !== sites[SERVER] || held.sizes[SERVER] !== held.pieces)
      return false;
    return neighbours.of(machine).includes(SERVER);
  }
}

/** Who looks for what owners have left. */
interface Seeker {
  readonly taken: PieceRows;
  /** What others at its site have is of no use. */
  readonly isForsaken: boolean;
  /** Whether a member of its site is to be left what it owns. */
  isAtWork(owner: number): boolean;
}
