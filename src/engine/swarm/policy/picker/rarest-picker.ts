import type { Chance } from '../chance.ts';
import { PieceSet } from '../piece-set.ts';
import type { PiecePicker } from './piece-picker.ts';
import { PieceShelf } from './piece-shelf.ts';

const FEW_BUCKETS = 8;

/** Where a picker keeps what it knows. */
export interface PickerPlace {
  readonly taken?: PieceSet;
  readonly shelf?: PieceShelf;
  readonly row?: number;
}

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
 * Memory: 5 1/8 bytes a piece, 9 1/8 from 65,535 pieces on, and 8 to 16 bytes for every copy of the commonest; a byte a
 * piece more where that has over 255.
 */
export class RarestPicker implements PiecePicker {
  readonly isTold = true;
  readonly taken: PieceSet;
  readonly #chance: Chance;
  readonly #shelf: PieceShelf;
  /** Where its pieces stand in the arrays of the shelf. */
  readonly #start: number;
  /** By bucket, two numbers: its first place, and the first behind its wanted pieces. */
  #bounds: Uint32Array;
  /** Buckets up to the last that ever had a piece. */
  #buckets = 1;

  /**
   * @param taken nothing as yet
   * @param shelf where it keeps its order, and the row there; by itself if left out
   */
  constructor(
    pieces: number,
    chance: Chance,
    { taken = new PieceSet(pieces), shelf = new PieceShelf(1, pieces), row = 0 }: PickerPlace = {},
  ) {
    this.taken = taken;
    this.#chance = chance;
    this.#shelf = shelf;
    this.#start = row * pieces;
    this.#bounds = new Uint32Array(2 * FEW_BUCKETS).fill(pieces);
    this.#bounds[0] = 0;
  }

  announced(piece: number): void {
    const copies = this.#shelf.copies[this.#start + piece]!;
    if (copies === this.#shelf.mostCopies) this.#shelf.countFarther();
    this.#shelf.copies[this.#start + piece] = copies + 1;
    if (copies === 0 && !this.taken.has(piece)) this.#moveUp(piece, 0);
  }

  lost(piece: number): void {
    const copies = this.#shelf.copies[this.#start + piece]! - 1;
    this.#shelf.copies[this.#start + piece] = copies;
    // It stood in the bucket of as many copies as it had, or lower.
    const isTooHigh = this.#shelf.places[this.#start + piece]! >= this.#bounds[2 * copies + 2]!;
    if (isTooHigh && !this.taken.has(piece)) this.#moveDown(piece, copies + 1);
  }

  claimed(piece: number): void {
    if (!this.taken.add(piece)) return;
    this.#moveTo(piece, --this.#bounds[2 * this.#bucketOf(piece) + 1]!);
  }

  released(piece: number): void {
    if (!this.taken.delete(piece)) return;
    let bucket = this.#bucketOf(piece);
    this.#moveTo(piece, this.#bounds[2 * bucket + 1]!++);
    const copies = this.#shelf.copies[this.#start + piece]!;
    while (bucket > copies) this.#moveDown(piece, bucket--);
    if (bucket === 0 && copies > 0) this.#moveUp(piece, 0);
  }

  pick(offered: PieceSet): number {
    const salt = this.#chance.below(0x7fff_ffff);
    // What nobody was announced to have can only come from one that has everything.
    for (let bucket = offered.size === this.#shelf.pieces ? 0 : 1; bucket < this.#buckets; bucket++) {
      const piece = this.#pickFrom(bucket, offered, salt);
      if (piece !== -1) return piece;
    }
    return -1;
  }

  /** A wanted piece that belongs into the bucket and is offered: which one, the salt decides and not the place. */
  #pickFrom(bucket: number, offered: PieceSet, salt: number): number {
    const { copies, order } = this.#shelf;
    let picked = -1;
    let lowest = Number.POSITIVE_INFINITY;
    let place = this.#bounds[2 * bucket]!;
    while (place < this.#bounds[2 * bucket + 1]!) {
      const piece = order[this.#start + place]!;
      if (copies[this.#start + piece]! > bucket) {
        this.#moveUp(piece, bucket);
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

  /** The last bucket that begins at the piece's place or before: empty ones begin where the next does. */
  #bucketOf(piece: number): number {
    const place = this.#shelf.places[this.#start + piece]!;
    let low = 0;
    let high = this.#buckets;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#bounds[2 * middle]! <= place) low = middle;
      else high = middle;
    }
    return low;
  }

  /** To the end of its bucket, which then becomes the start of the next. The piece is wanted. */
  #moveUp(piece: number, bucket: number): void {
    if (bucket + 1 === this.#buckets) this.#addBucket();
    this.#moveTo(piece, --this.#bounds[2 * bucket + 1]!);
    this.#moveTo(piece, --this.#bounds[2 * bucket + 2]!);
  }

  /** To the start of its bucket, which then becomes the end of the one before. The piece is wanted. */
  #moveDown(piece: number, bucket: number): void {
    this.#moveTo(piece, this.#bounds[2 * bucket]!++);
    this.#moveTo(piece, this.#bounds[2 * bucket - 1]!++);
  }

  /** Exchanges places with the piece that stands there. */
  #moveTo(piece: number, place: number): void {
    const { order, places } = this.#shelf;
    const other = order[this.#start + place]!;
    if (other === piece) return;
    const left = places[this.#start + piece]!;
    order[this.#start + left] = other;
    places[this.#start + other] = left;
    order[this.#start + place] = piece;
    places[this.#start + piece] = place;
  }

  /** A bucket that is empty, behind all others. */
  #addBucket(): void {
    if (2 * ++this.#buckets <= this.#bounds.length) return;
    const longer = new Uint32Array(2 * this.#bounds.length).fill(this.#shelf.pieces);
    longer.set(this.#bounds);
    this.#bounds = longer;
  }
}

/** A number from 0 up that looks unrelated to the piece: the finaliser of MurmurHash3 (Appleby 2011). */
function scrambled(piece: number, salt: number): number {
  let bits = Math.imul(piece ^ salt, 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
