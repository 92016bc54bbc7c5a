import { FIRST_LENGTH, grown } from '../kernel/grown.ts';

/**
 * Messages on their way, first in, first out: as all take the same time, they arrive in the order in which they were
 * sent, and no heap is needed. A ring through a few arrays; their length is a power of two.
 */
export class MailRing {
  #arrivesS = new Float64Array(FIRST_LENGTH);
  #sides = new Int32Array(FIRST_LENGTH);
  #words = new Int32Array(FIRST_LENGTH);
  /** Place of the first message, and how many there are. */
  #first = 0;
  #size = 0;

  get isEmpty(): boolean {
    return this.#size === 0;
  }

  /** Of the message that arrives first; there must be one. */
  get nextArrivalS(): number {
    return this.#arrivesS[this.#first]!;
  }

  get nextSide(): number {
    return this.#sides[this.#first]!;
  }

  get nextWord(): number {
    return this.#words[this.#first]!;
  }

  /** A message that arrives after all others, or with the last of them. */
  add(arrivesS: number, side: number, word: number): void {
    if (this.#size === this.#words.length) this.#grow();
    const place = (this.#first + this.#size++) & (this.#words.length - 1);
    this.#arrivesS[place] = arrivesS;
    this.#sides[place] = side;
    this.#words[place] = word;
  }

  /** Forgets the message that arrives first. */
  drop(): void {
    this.#first = (this.#first + 1) & (this.#words.length - 1);
    this.#size--;
  }

  /** The ring is full: what stands before the first place is moved behind the last. */
  #grow(): void {
    const { length } = this.#words;
    this.#arrivesS = grown(this.#arrivesS);
    this.#sides = grown(this.#sides);
    this.#words = grown(this.#words);
    for (const values of [this.#arrivesS, this.#sides, this.#words])
      values.copyWithin(length, 0, this.#first);
  }
}
