import type { Chance } from '../policy/chance.ts';
import { PieceSet } from '../policy/piece-set.ts';
import type { Neighbour } from './neighbour.ts';
import { type OwnPlace, SiteGate } from './site-gate.ts';

/** So long an owner of pieces at another site may take before others fetch them. */
const ADOPT_MS = 5_000;

/** What we want and whom we may ask for it: of every neighbour the pieces that are open to us, and how many are wanted. */
export class Offers {
  /** Pieces that have free blocks. */
  readonly wanted: PieceSet;
  readonly #pieces: number;
  readonly #gate: SiteGate;
  readonly #chance: Chance;
  readonly #neighbours: ReadonlyMap<number, Neighbour>;
  readonly #changed: (neighbour: Neighbour) => void;
  /** When there was last something of our own to fetch from another site [ms]. */
  #ownAtMs = 0;
  /** There was nothing for so long that we fetch what others own. */
  #isAdopting = false;

  /** @param changed hears of a neighbour from whom there is less to be had than before */
  constructor(
    torrent: {
      readonly place: OwnPlace;
      readonly pieces: number;
      readonly chance: Chance;
      readonly neighbours: ReadonlyMap<number, Neighbour>;
    },
    changed: (neighbour: Neighbour) => void,
  ) {
    const { place, pieces, chance, neighbours } = torrent;
    this.wanted = PieceSet.full(pieces);
    this.#pieces = pieces;
    this.#chance = chance;
    this.#gate = new SiteGate(place, pieces, neighbours);
    this.#neighbours = neighbours;
    this.#changed = changed;
  }

  /** A neighbour has a piece more. */
  announced(neighbour: Neighbour, piece: number): void {
    neighbour.pieces.add(piece);
    if (this.#gate.announced(neighbour, piece)) this.#closeAfar(piece);
    const isFar = this.#gate.isFar(neighbour);
    if (isFar && neighbour.pieces.size === this.#pieces) this.#reopen(neighbour);
    else if (this.#gate.isOpen(neighbour, piece)) this.#open(neighbour, piece);
  }

  /** A neighbour has said who and where it is. */
  introduced(neighbour: Neighbour): void {
    if (this.#gate.isFar(neighbour)) this.#reopen(neighbour);
    if (this.#gate.isNear(neighbour)) this.#membersChanged();
  }

  left(neighbour: Neighbour): void {
    if (this.#gate.isNear(neighbour)) this.#membersChanged();
  }

  want(piece: number): void {
    this.wanted.add(piece);
    for (const neighbour of this.#neighbours.values())
      if (neighbour.open.has(piece)) neighbour.wantedPieces++;
  }

  unwant(piece: number): void {
    this.wanted.delete(piece);
    for (const neighbour of this.#neighbours.values()) {
      if (!neighbour.open.has(piece)) continue;
      neighbour.wantedPieces--;
      this.#changed(neighbour);
    }
  }

  /**
   * Where there has been nothing of our own to fetch from other sites for a while, pieces that their owners have left
   * there are opened to us, one at a time: the owner may have no way to get there. To be called now and then.
   * @returns whom we may ask for it
   */
  adopt(nowMs: number): Neighbour | undefined {
    const far = [...this.#neighbours.values()].filter((neighbour) => this.#gate.isFar(neighbour));
    const isBusy = far.some(({ askedBlocks, wantedPieces }) => askedBlocks > 0 || wantedPieces > 0);
    if (far.length === 0 || (isBusy && !this.#isAdopting)) this.#ownAtMs = nowMs;
    if (isBusy || nowMs - this.#ownAtMs < ADOPT_MS) return undefined;
    this.#isAdopting = true;
    for (const neighbour of far) {
      const piece = this.#gate.orphanOf(neighbour, this.wanted, this.#chance);
      if (piece === -1) continue;
      this.#open(neighbour, piece);
      return neighbour;
    }
    return undefined;
  }

  #open(neighbour: Neighbour, piece: number): void {
    if (neighbour.open.has(piece)) return;
    neighbour.open.add(piece);
    if (this.wanted.has(piece)) neighbour.wantedPieces++;
  }

  #close(neighbour: Neighbour, piece: number): void {
    if (!neighbour.open.has(piece)) return;
    neighbour.open.delete(piece);
    if (this.wanted.has(piece)) neighbour.wantedPieces--;
  }

  /** Somebody of our site has it: it need not cross the WAN again. */
  #closeAfar(piece: number): void {
    for (const neighbour of this.#neighbours.values()) {
      if (!this.#gate.isFar(neighbour)) continue;
      this.#close(neighbour, piece);
      this.#changed(neighbour);
    }
  }

  #reopen(neighbour: Neighbour): void {
    for (const piece of neighbour.pieces) {
      if (this.#gate.isOpen(neighbour, piece)) this.#open(neighbour, piece);
      else this.#close(neighbour, piece);
    }
    this.#changed(neighbour);
  }

  #membersChanged(): void {
    this.#gate.membersChanged();
    for (const neighbour of this.#neighbours.values())
      if (this.#gate.isFar(neighbour)) this.#reopen(neighbour);
  }
}
