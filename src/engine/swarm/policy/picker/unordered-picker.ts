import type { Chance } from '../chance.ts';
import { lowestBit, type PieceSet } from '../piece-set.ts';
import { CopyCounter } from './copy-counter.ts';
import type { PiecePicker } from './piece-picker.ts';

/** @returns one of the pieces that are offered and not taken, or -1 */
export type ChoosePiece = (offered: PieceSet, taken: PieceSet) => number;

/** Keeps no order of the pieces and counts no copies: it chooses when it is asked. Memory: 1/8 byte a piece. */
export class UnorderedPicker implements PiecePicker {
  readonly isTold = false;
  readonly taken: PieceSet;
  readonly #choose: ChoosePiece;

  constructor(taken: PieceSet, choose: ChoosePiece) {
    this.taken = taken;
    this.#choose = choose;
  }

  announced(): void {}

  lost(): void {}

  claimed(piece: number): void {
    this.taken.add(piece);
  }

  released(piece: number): void {
    this.taken.delete(piece);
  }

  pick(offered: PieceSet): number {
    return this.#choose(offered, this.taken);
  }
}

/** The first piece in the order of the image, as players of films do, and webtorrent by default. */
export const firstPiece: ChoosePiece = (offered, taken) => {
  for (let place = 0; place < offered.span; place++) {
    const wanted = offered.word(place) & ~taken.word(place);
    if (wanted !== 0) return (place << 5) + lowestBit(wanted);
  }
  return -1;
};

/** Any piece, one as likely as another. */
export function anyPiece(chance: Chance): ChoosePiece {
  return (offered, taken) => {
    const wanted = countWanted(offered, taken);
    return wanted === 0 ? -1 : nthWanted(offered, taken, chance.below(wanted));
  };
}

/** Rows that `rarestOfRows` looks at. */
const ROWS = 4;

/**
 * Nearly the rarest: of a few rows of 32 pieces, from a random place on where something is wanted, the piece with the
 * fewest copies, which are counted only now. For swarms too large for 8 bytes a piece and peer.
 * @param count adds to the counter the words of all neighbours at a place
 */
export function rarestOfRows(
  chance: Chance,
  count: (place: number, counter: CopyCounter) => void,
): ChoosePiece {
  const counter = new CopyCounter();
  return (offered, taken) => {
    const places = offered.span;
    const start = chance.below(places);
    let found = -1;
    let candidates = 0;
    let fewest = Number.POSITIVE_INFINITY;
    for (let step = 0, rows = 0; step < places && rows < ROWS; step++) {
      const place = start + step < places ? start + step : start + step - places;
      const wanted = offered.word(place) & ~taken.word(place);
      if (wanted === 0) continue;
      rows++;
      counter.reset();
      count(place, counter);
      const rarest = counter.fewest(wanted);
      const copies = counter.copiesOf(lowestBit(rarest));
      if (copies >= fewest) continue;
      fewest = copies;
      found = place;
      candidates = rarest;
    }
    return found === -1 ? -1 : (found << 5) + nthBit(candidates, chance.below(bitsIn(candidates)));
  };
}

function countWanted(offered: PieceSet, taken: PieceSet): number {
  let wanted = 0;
  for (let place = 0; place < offered.span; place++)
    wanted += bitsIn(offered.word(place) & ~taken.word(place));
  return wanted;
}

/** The wanted piece with so many wanted ones below it; there must be one. */
function nthWanted(offered: PieceSet, taken: PieceSet, below: number): number {
  let left = below;
  for (let place = 0; ; place++) {
    const wanted = offered.word(place) & ~taken.word(place);
    const count = bitsIn(wanted);
    if (left >= count) {
      left -= count;
      continue;
    }
    return (place << 5) + nthBit(wanted, left);
  }
}

/** Number of the bit that is set and has so many set ones below it. */
function nthBit(word: number, below: number): number {
  let rest = word;
  for (let left = below; left > 0; left--) rest &= rest - 1;
  return lowestBit(rest);
}

/** Bits of a word that are set (Warren 2012, Hacker's Delight, section 5-1). */
function bitsIn(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
