import { lowestBit, type PieceSet } from './piece-set.ts';

/** What a receiver knows when an uploader has unchoked it. */
export interface PieceChoice {
  /** What the uploader has, and what the receiver has and has claimed from others. */
  readonly offered: PieceSet;
  readonly held: PieceSet;
  readonly claimed: PieceSet;
  /** By piece: how many neighbours of the receiver have it. */
  readonly availability: Uint16Array;
  /** Any number; it decides between pieces that are equally good. */
  readonly salt: number;
}

/** Chooses the piece to ask for, or -1 when the uploader has nothing that is wanted. */
export type PiecePicker = (choice: PieceChoice) => number;

/**
 * Rarest first (Cohen 2003, Incentives Build Robustness in BitTorrent, section 2.4.2): the wanted piece that the fewest
 * neighbours have; ties are broken by the salt, not by index.
 */
export const pickRarest: PiecePicker = ({ offered, held, claimed, availability, salt }) => {
  let rarest = -1;
  let least = Number.POSITIVE_INFINITY;
  let lowest = 0;
  for (let place = 0; place < offered.words.length; place++) {
    let rest = offered.words[place]! & ~held.words[place]! & ~claimed.words[place]!;
    for (; rest !== 0; rest &= rest - 1) {
      const piece = (place << 5) + lowestBit(rest);
      const copies = availability[piece]!;
      if (copies > least) continue;
      const order = scrambled(piece, salt);
      if (copies === least && order >= lowest) continue;
      least = copies;
      lowest = order;
      rarest = piece;
    }
  }
  return rarest;
};

/** A number from 0 up that looks unrelated to the piece: the finaliser of MurmurHash3 (Appleby 2011). */
function scrambled(piece: number, salt: number): number {
  let bits = Math.imul(piece ^ salt, 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
