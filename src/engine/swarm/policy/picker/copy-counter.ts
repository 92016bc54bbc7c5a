import type { PieceRows } from '../piece-set.ts';

/** Binary digits of a count: up to 65,535 neighbours. */
const DIGITS = 16;

/** Numbers of rows: those from place `start` on, and up to `end`. */
export interface SomeRows {
  readonly members: Int32Array;
  readonly start: number;
  readonly end: number;
}

/**
 * Counts, for 32 pieces at once, how many neighbours have each: digit by digit, all the lowest digits in one word, all the
 * next in another (bit-sliced or vertical counters; Warren 2012, Hacker's Delight, section 8-1).
 */
export class CopyCounter {
  readonly #digits = new Int32Array(DIGITS);
  #used = 0;

  reset(): void {
    for (let digit = 0; digit < this.#used; digit++) this.#digits[digit] = 0;
    this.#used = 0;
  }

  /** One more neighbour. @param word one bit a piece, set for those that it has */
  add(word: number): void {
    this.#carry(word, 0);
  }

  /** Many neighbours whose sets stand side by side. @param place word of each set that is counted */
  addAll({ words, span }: PieceRows, place: number, { members, start, end }: SomeRows): void {
    let ones = 0;
    let twos = 0;
    let fours = 0;
    let eights = 0;
    for (let next = start; next < end; next++) {
      const word = words[members[next]! * span + place]!;
      const two = ones & word;
      ones ^= word;
      const four = twos & two;
      twos ^= two;
      const eight = fours & four;
      fours ^= four;
      const sixteen = eights & eight;
      eights ^= eight;
      if (sixteen !== 0) this.#carry(sixteen, 4);
    }
    this.#carry(ones, 0);
    this.#carry(twos, 1);
    this.#carry(fours, 2);
    this.#carry(eights, 3);
  }

  #carry(word: number, from: number): void {
    let carry = word;
    for (let digit = from; carry !== 0; digit++) {
      if (digit >= this.#used) this.#used = digit + 1;
      const sum = this.#digits[digit]! ^ carry;
      carry &= this.#digits[digit]!;
      this.#digits[digit] = sum;
    }
  }

  /** Those of some pieces that the fewest neighbours have, one bit a piece; `pieces` is not 0. */
  fewest(pieces: number): number {
    let left = pieces;
    for (let digit = this.#used - 1; digit >= 0; digit--) {
      const without = left & ~this.#digits[digit]!;
      if (without !== 0) left = without;
    }
    return left;
  }

  /** How many neighbours have the piece of this bit. */
  copiesOf(bit: number): number {
    let copies = 0;
    for (let digit = 0; digit < this.#used; digit++) copies |= ((this.#digits[digit]! >>> bit) & 1) << digit;
    return copies;
  }
}
