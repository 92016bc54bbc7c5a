import type { Chance } from '../chance.ts';
import { lowestBit, PieceSet } from '../piece-set.ts';
import type { PiecePicker } from './piece-picker.ts';

/** @returns one of the pieces that are offered and not taken, or -1 */
export type ChoosePiece = (offered: PieceSet, taken: PieceSet) => number;

/** How many pieces `rarestOfSome` looks at. */
const SAMPLE = 8;

/** Keeps no order of the pieces and counts no copies: it chooses when it is asked. Memory: 1/8 byte a piece. */
export class UnorderedPicker implements PiecePicker {
  readonly taken: PieceSet;
  readonly #choose: ChoosePiece;

  constructor(pieces: number, choose: ChoosePiece) {
    this.taken = new PieceSet(pieces);
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
  for (let place = 0; place < offered.words.length; place++) {
    const wanted = offered.words[place]! & ~taken.words[place]!;
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

/**
 * Nearly the rarest: of a few random pieces the one with the fewest copies, which are counted only now. For swarms too
 * large for 6 bytes a piece and peer.
 * @param copiesOf how many neighbours have the piece
 */
export function rarestOfSome(chance: Chance, copiesOf: (piece: number) => number): ChoosePiece {
  return (offered, taken) => {
    const wanted = countWanted(offered, taken);
    let picked = -1;
    let fewest = Number.POSITIVE_INFINITY;
    for (let look = Math.min(SAMPLE, wanted); look > 0; look--) {
      const piece = nthWanted(offered, taken, chance.below(wanted));
      const copies = copiesOf(piece);
      if (copies >= fewest) continue;
      fewest = copies;
      picked = piece;
    }
    return picked;
  };
}

function countWanted(offered: PieceSet, taken: PieceSet): number {
  let wanted = 0;
  for (let place = 0; place < offered.words.length; place++)
    wanted += bitsIn(offered.words[place]! & ~taken.words[place]!);
  return wanted;
}

/** The wanted piece with so many wanted ones below it; there must be one. */
function nthWanted(offered: PieceSet, taken: PieceSet, below: number): number {
  let left = below;
  for (let place = 0; ; place++) {
    let wanted = offered.words[place]! & ~taken.words[place]!;
    const count = bitsIn(wanted);
    if (left >= count) {
      left -= count;
      continue;
    }
    for (; left > 0; left--) wanted &= wanted - 1;
    return (place << 5) + lowestBit(wanted);
  }
}

/** Bits of a word that are set (Warren 2012, Hacker's Delight, section 5-1). */
function bitsIn(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
