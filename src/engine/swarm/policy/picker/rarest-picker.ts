import type { Chance } from '../chance.ts';
import { PieceSet } from '../piece-set.ts';
import type { PiecePicker } from './piece-picker.ts';

const FEW_BUCKETS = 8;
/** Copies that a byte can count. */
const FEW_COPIES = 255;

/**
 * Rarest first (Cohen 2003, Incentives Build Robustness in BitTorrent, section 2.4.2): the wanted piece that the fewest
 * neighbours have, equal ones by chance. Pieces stand in buckets by number of copies, in each bucket the wanted before
 * the taken. To announce, lose, claim or release a piece costs a few exchanges of places, whatever the number of
 * pieces; a pick looks at no wanted piece that is more common than the picked, but for those it has to move first.
 *
 * There are many more announcements than picks, so an announcement only counts: a wanted piece may stand too low, and is
 * moved up, bucket by bucket, by a pick that comes across it. Too high it never stands, and what nobody has stands in
 * bucket 0 and nothing else does. A taken piece stands anywhere.
 *
 * Memory: 6 1/8 bytes a piece, 10 1/8 from 65,535 pieces on, and 8 to 16 bytes for every copy of the commonest; 2 bytes
 * a piece more where that has over 255.
 */
export class RarestPicker implements PiecePicker {
  readonly isTold = true;
  readonly taken: PieceSet;
  readonly #pieces: number;
  readonly #chance: Chance;
  /** By piece: how many neighbours have it, and the bucket where it stands. Bytes as long as these can count that far. */
  #copies: Uint8Array | Uint16Array;
  #bucketOf: Uint8Array | Uint16Array;
  #isFew = true;
  /** Pieces by place, bucket after bucket, and the place of every piece. */
  readonly #order: Uint16Array | Uint32Array;
  readonly #places: Uint16Array | Uint32Array;
  /** By bucket: its first place, and the first behind its wanted pieces. */
  #starts: Uint32Array;
  #wantedEnds: Uint32Array;
  /** Buckets up to the last that ever had a piece. */
  #buckets = 1;

  /** @param taken nothing as yet */
  constructor(pieces: number, chance: Chance, taken = new PieceSet(pieces)) {
    this.taken = taken;
    this.#pieces = pieces;
    this.#chance = chance;
    this.#copies = new Uint8Array(pieces);
    this.#bucketOf = new Uint8Array(pieces);
    this.#order = pieces < 0xffff ? new Uint16Array(pieces) : new Uint32Array(pieces);
    this.#places = pieces < 0xffff ? new Uint16Array(pieces) : new Uint32Array(pieces);
    for (let piece = 0; piece < pieces; piece++) {
      this.#order[piece] = piece;
      this.#places[piece] = piece;
    }
    this.#starts = new Uint32Array(FEW_BUCKETS).fill(pieces);
    this.#wantedEnds = new Uint32Array(FEW_BUCKETS).fill(pieces);
    this.#starts[0] = 0;
  }

  announced(piece: number): void {
    const copies = this.#copies[piece]!;
    if (copies === FEW_COPIES && this.#isFew) this.#countFarther();
    this.#copies[piece] = copies + 1;
    if (copies === 0 && !this.taken.has(piece)) this.#moveUp(piece);
  }

  lost(piece: number): void {
    const copies = this.#copies[piece]! - 1;
    this.#copies[piece] = copies;
    if (this.#bucketOf[piece]! > copies && !this.taken.has(piece)) this.#moveDown(piece);
  }

  claimed(piece: number): void {
    if (this.taken.has(piece)) return;
    this.taken.add(piece);
    this.#moveTo(piece, --this.#wantedEnds[this.#bucketOf[piece]!]!);
  }

  released(piece: number): void {
    if (!this.taken.has(piece)) return;
    this.taken.delete(piece);
    this.#moveTo(piece, this.#wantedEnds[this.#bucketOf[piece]!]!++);
    const copies = this.#copies[piece]!;
    while (this.#bucketOf[piece]! > copies) this.#moveDown(piece);
    if (this.#bucketOf[piece] === 0 && copies > 0) this.#moveUp(piece);
  }

  pick(offered: PieceSet): number {
    const salt = this.#chance.below(0x7fff_ffff);
    // What nobody was announced to have can only come from one that has everything.
    for (let bucket = offered.size === this.#pieces ? 0 : 1; bucket < this.#buckets; bucket++) {
      const piece = this.#pickFrom(bucket, offered, salt);
      if (piece !== -1) return piece;
    }
    return -1;
  }

  /** A wanted piece that belongs into the bucket and is offered: which one, the salt decides and not the place. */
  #pickFrom(bucket: number, offered: PieceSet, salt: number): number {
    let picked = -1;
    let lowest = Number.POSITIVE_INFINITY;
    let place = this.#starts[bucket]!;
    while (place < this.#wantedEnds[bucket]!) {
      const piece = this.#order[place]!;
      if (this.#copies[piece]! > bucket) {
        this.#moveUp(piece);
        continue;
      }
      place++;
      if (!offered.has(piece)) continue;
      const lot = scrambled(piece, salt);
      if (lot >= lowest) continue;
      lowest = lot;
      picked = piece;
    }
    return picked;
  }

  /** To the end of its bucket, which then becomes the start of the next. The piece is wanted. */
  #moveUp(piece: number): void {
    const bucket = this.#bucketOf[piece]!;
    if (bucket + 1 === this.#buckets) this.#addBucket();
    this.#moveTo(piece, --this.#wantedEnds[bucket]!);
    this.#moveTo(piece, --this.#starts[bucket + 1]!);
    this.#bucketOf[piece] = bucket + 1;
  }

  /** To the start of its bucket, which then becomes the end of the one before. The piece is wanted. */
  #moveDown(piece: number): void {
    const bucket = this.#bucketOf[piece]!;
    this.#moveTo(piece, this.#starts[bucket]!++);
    this.#moveTo(piece, this.#wantedEnds[bucket - 1]!++);
    this.#bucketOf[piece] = bucket - 1;
  }

  #countFarther(): void {
    this.#isFew = false;
    this.#copies = Uint16Array.from(this.#copies);
    this.#bucketOf = Uint16Array.from(this.#bucketOf);
  }

  /** Exchanges places with the piece that stands there. */
  #moveTo(piece: number, place: number): void {
    const other = this.#order[place]!;
    if (other === piece) return;
    const left = this.#places[piece]!;
    this.#order[left] = other;
    this.#places[other] = left;
    this.#order[place] = piece;
    this.#places[piece] = place;
  }

  /** A bucket that is empty, behind all others. */
  #addBucket(): void {
    if (++this.#buckets <= this.#starts.length) return;
    this.#starts = grown(this.#starts, this.#pieces);
    this.#wantedEnds = grown(this.#wantedEnds, this.#pieces);
  }
}

function grown(values: Uint32Array, filling: number): Uint32Array {
  const longer = new Uint32Array(2 * values.length).fill(filling);
  longer.set(values);
  return longer;
}

/** A number from 0 up that looks unrelated to the piece: the finaliser of MurmurHash3 (Appleby 2011). */
function scrambled(piece: number, salt: number): number {
  let bits = Math.imul(piece ^ salt, 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
