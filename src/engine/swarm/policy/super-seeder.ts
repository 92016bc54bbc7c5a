import type { Chance } from './chance.ts';
import type { PieceSet } from './piece-set.ts';

const NOBODY = -1;

/**
 * Super seeding (BEP 16): the seeder pretends to have nothing and reveals one piece to each receiver, one that was
 * never revealed or else the rarest. The next one it reveals to that receiver only when the last was seen elsewhere: so
 * those that pass pieces on get more. Where nobody may be told of a further piece its uplink is idle; whether it waits
 * for proof even then is left to the caller, who has to give up waiting where there is nobody to see a piece at.
 */
export class SuperSeeder {
  readonly #chance: Chance;
  /** By piece: how many receivers have it or were promised it. */
  readonly #copies: Uint16Array;
  /** By piece: the receiver to which it was revealed before anybody had it. */
  readonly #promisedTo: Int32Array;
  /** By receiver: the piece that was revealed to it and not yet seen elsewhere. */
  readonly #unproven = new Map<number, number>();

  constructor(pieces: number, chance: Chance) {
    this.#chance = chance;
    this.#copies = new Uint16Array(pieces);
    this.#promisedTo = new Int32Array(pieces).fill(NOBODY);
  }

  /** A receiver says that it has the piece. */
  announced(receiver: number, piece: number): void {
    const promisedTo = this.#promisedTo[piece]!;
    if (promisedTo === receiver) return;
    this.#copies[piece]!++;
    if (this.#unproven.get(promisedTo) === piece) this.#unproven.delete(promisedTo);
  }

  /** A receiver is gone, with what it held and what it was promised. */
  left(receiver: number, held: PieceSet): void {
    this.#unproven.delete(receiver);
    for (let piece = 0; piece < this.#copies.length; piece++) {
      const isPromised = this.#promisedTo[piece] === receiver;
      if (isPromised || held.has(piece)) this.#copies[piece]!--;
      if (isPromised) this.#promisedTo[piece] = NOBODY;
    }
  }

  /** True when the last piece that was revealed to the receiver has been seen elsewhere, or none was. */
  isProven(receiver: number): boolean {
    return !this.#unproven.has(receiver);
  }

  /**
   * Reveals a piece to a receiver.
   * @param taken pieces that are of no use to it
   * @returns the piece with the fewest copies, equal ones from a random place on, or -1
   */
  reveal(receiver: number, taken: PieceSet): number {
    const piece = this.#rarestOutside(taken);
    if (piece === -1 || this.#copies[piece]! > 0) return piece;
    this.#copies[piece] = 1;
    this.#promisedTo[piece] = receiver;
    this.#unproven.set(receiver, piece);
    return piece;
  }

  #rarestOutside(taken: PieceSet): number {
    const pieces = this.#copies.length;
    const start = this.#chance.below(pieces);
    let rarest = -1;
    let fewest = Number.POSITIVE_INFINITY;
    for (let step = 0; step < pieces && fewest > 0; step++) {
      const place = start + step;
      const piece = place < pieces ? place : place - pieces;
      if (this.#copies[piece]! >= fewest || taken.has(piece)) continue;
      fewest = this.#copies[piece]!;
      rarest = piece;
    }
    return rarest;
  }
}
