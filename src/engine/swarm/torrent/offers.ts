import type { Chance } from '../policy/chance.ts';
import { ADOPT_MS, OwnerPatience } from '../policy/owner-patience.ts';
import { PieceSet } from '../policy/piece-set.ts';
import type { Introduced, Neighbour } from './neighbour.ts';
import { type OwnPlace, SiteGate } from './site-gate.ts';

/** What offers follow from. */
export interface OfferSource {
  readonly place: OwnPlace;
  readonly pieces: number;
  readonly chance: Chance;
  /** What we have. */
  readonly held: PieceSet;
  readonly neighbours: ReadonlyMap<number, Neighbour>;
  /** There may be less to be had from a neighbour than before. */
  changed(neighbour: Neighbour): void;
  /** [ms] */
  now(): number;
}

/** What we want and whom we may ask for it: of every neighbour the pieces that are open to us, and how many are wanted. */
export class Offers {
  /** Pieces that have free blocks. */
  readonly wanted: PieceSet;
  readonly #source: OfferSource;
  readonly #gate: SiteGate;
  /** By member of our site. */
  readonly #patience = new Map<number, OwnerPatience>();
  /**
   * When there was last something of our own to fetch from another site, and when somebody here last owed us something
   * [ms]: at first, when somebody said where it is. Infinity before that; the clock may have run for long by then.
   */
  #farAtMs = Number.POSITIVE_INFINITY;
  #servedAtMs = Number.POSITIVE_INFINITY;
  /** We fetch what others own: from the first time that there was nothing else for a while. */
  #isAdopting = false;

  constructor(source: OfferSource) {
    this.wanted = PieceSet.full(source.pieces);
    this.#source = source;
    this.#gate = new SiteGate(source.place, source);
  }

  /** A neighbour has a piece more. */
  announced(neighbour: Neighbour, piece: number): void {
    const isFar = this.#gate.isFar(neighbour);
    const wasDealing = isFar && this.#gate.isDealing(neighbour);
    neighbour.pieces.add(piece);
    if (this.#gate.announced(neighbour, piece)) {
      this.#patience.get(neighbour.peer)?.brought(this.#source.now());
      this.#closeAfar(piece);
    }
    if (!isFar) this.#offer(neighbour, piece);
    else if (wasDealing && !this.#gate.isDealing(neighbour)) this.#reopen(neighbour);
    else if (this.#gate.isOpen(neighbour, piece)) this.#open(neighbour, piece);
  }

  /** A neighbour has said who and where it is; it may say so again, and nothing follows from what is not new. */
  introduced(neighbour: Neighbour, introduction: Introduced): void {
    if (this.#patience.has(neighbour.peer) && isSame(neighbour, introduction)) return;
    const wasNear = this.#gate.isNear(neighbour);
    this.#farAtMs = Math.min(this.#farAtMs, this.#source.now());
    this.#servedAtMs = Math.min(this.#servedAtMs, this.#source.now());
    neighbour.site = introduction.site;
    neighbour.isDealer = introduction.isDealer;
    neighbour.salt = introduction.salt;
    this.#reopen(neighbour);
    if (!this.#patience.has(neighbour.peer))
      this.#patience.set(neighbour.peer, new OwnerPatience(this.#source.now()));
    if (wasNear || this.#gate.isNear(neighbour)) this.#membersChanged();
  }

  left(neighbour: Neighbour): void {
    this.#patience.delete(neighbour.peer);
    if (this.#gate.isNear(neighbour)) this.#membersChanged();
  }

  /** A neighbour does not serve a piece that it has: it is not asked for it until then [ms]. */
  refused(neighbour: Neighbour, piece: number, untilMs: number): void {
    neighbour.refused.set(piece, untilMs);
    if (!neighbour.open.has(piece)) return;
    // A set of its own from now on, without the piece.
    if (neighbour.open === neighbour.pieces) return this.#reopen(neighbour);
    neighbour.open.delete(piece);
    if (this.wanted.has(piece)) neighbour.wantedPieces--;
    this.#source.changed(neighbour);
  }

  /** To be called now and then. @returns whether a neighbour may be asked again for what it did not serve once */
  forgiven(neighbour: Neighbour, nowMs: number): boolean {
    const { refused } = neighbour;
    const over = [...refused].filter(([, untilMs]) => untilMs <= nowMs);
    for (const [piece] of over) refused.delete(piece);
    if (over.length > 0) this.#reopen(neighbour);
    return over.length > 0;
  }

  want(piece: number): void {
    this.wanted.add(piece);
    for (const neighbour of this.#source.neighbours.values())
      if (neighbour.open.has(piece)) neighbour.wantedPieces++;
  }

  unwant(piece: number): void {
    this.wanted.delete(piece);
    for (const neighbour of this.#source.neighbours.values()) {
      if (!neighbour.open.has(piece)) continue;
      neighbour.wantedPieces--;
      this.#source.changed(neighbour);
    }
  }

  /**
   * Where there has been nothing of our own to fetch from other sites for a while, pieces that their owners have left
   * there are opened to us, one at a time: an owner may have no way to get there. One that is at work is left its pieces.
   * So are, where nobody here has served us for as long, those opened that others here say they have. To be called now
   * and then.
   * @returns whom we may ask for it
   */
  adopt(nowMs: number): Neighbour | undefined {
    const all = [...this.#source.neighbours.values()];
    const far = all.filter((neighbour) => this.#gate.isFar(neighbour));
    const isBusy = far.some(({ askedBlocks, wantedPieces }) => askedBlocks > 0 || wantedPieces > 0);
    if (far.length === 0 || (isBusy && !this.#isAdopting)) this.#farAtMs = nowMs;
    if (all.some((neighbour) => neighbour.askedBlocks > 0 && !far.includes(neighbour)))
      this.#servedAtMs = nowMs;
    if (isBusy || nowMs - this.#farAtMs < ADOPT_MS) return undefined;
    const isForsaken = nowMs - this.#servedAtMs >= ADOPT_MS;
    const isAtWork = ({ peer }: Neighbour): boolean => this.#patience.get(peer)?.isAtWork(nowMs) === true;
    for (const neighbour of far) {
      const orphans = this.#gate
        .orphansOf(neighbour, { wanted: this.wanted, isForsaken, isAtWork })
        .filter((piece) => !neighbour.refused.has(piece));
      if (orphans.length === 0) continue;
      this.#isAdopting = true;
      this.#open(neighbour, orphans[this.#source.chance.below(orphans.length)]!);
      return neighbour;
    }
    return undefined;
  }

  #open(neighbour: Neighbour, piece: number): void {
    if (!neighbour.open.has(piece)) this.#offer(neighbour, piece);
  }

  #offer(neighbour: Neighbour, piece: number): void {
    neighbour.open.add(piece);
    if (this.wanted.has(piece)) neighbour.wantedPieces++;
  }

  /** Somebody of our site has it: it need not cross the WAN again. */
  #closeAfar(piece: number): void {
    for (const neighbour of this.#source.neighbours.values()) {
      if (!this.#gate.isFar(neighbour) || !neighbour.open.has(piece)) continue;
      neighbour.open.delete(piece);
      if (this.wanted.has(piece)) neighbour.wantedPieces--;
      this.#source.changed(neighbour);
    }
  }

  /** From the start: what is open is all that a neighbour has, or a set of its own where some of that is not. */
  #reopen(neighbour: Neighbour): void {
    const isFar = this.#gate.isFar(neighbour);
    const isPart = isFar || neighbour.refused.size > 0;
    neighbour.open = isPart ? new PieceSet(this.#source.pieces) : neighbour.pieces;
    neighbour.wantedPieces = 0;
    for (const piece of neighbour.pieces) {
      if (neighbour.refused.has(piece)) continue;
      if (!isFar) this.#offer(neighbour, piece);
      else if (this.#gate.isOpen(neighbour, piece)) this.#open(neighbour, piece);
    }
    this.#source.changed(neighbour);
  }

  #membersChanged(): void {
    this.#gate.membersChanged();
    for (const neighbour of this.#source.neighbours.values())
      if (this.#gate.isFar(neighbour)) this.#reopen(neighbour);
  }
}

function isSame(one: Introduced, other: Introduced): boolean {
  return one.site === other.site && one.isDealer === other.isDealer && one.salt === other.salt;
}
