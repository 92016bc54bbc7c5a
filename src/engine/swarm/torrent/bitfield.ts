import { lowestBit, type PieceSet } from '../policy/piece-set.ts';

/** The bitfield message of a set (BEP 3): the first piece in the highest bit of the first byte. */
export function bitsOf(held: PieceSet, pieces: number): Uint8Array {
  const bits = new Uint8Array(Math.ceil(pieces / 8));
  for (const piece of held) bits[piece >> 3]! |= 0x80 >> (piece & 7);
  return bits;
}

/** The pieces of a bitfield message. */
export function* piecesOf(bits: Uint8Array): Generator<number> {
  for (const [place, byte] of bits.entries()) {
    for (let rest = byte; rest !== 0; rest &= rest - 1) yield place * 8 + 7 - lowestBit(rest);
  }
}
