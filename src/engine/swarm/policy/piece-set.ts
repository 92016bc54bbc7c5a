/** Words that a set of so many pieces takes. */
export function wordsFor(pieces: number): number {
  return (pieces + 31) >>> 5;
}

/** A set of piece numbers, one bit each. */
export class PieceSet {
  /** 32 pieces a word, the lowest piece in the lowest bit. */
  readonly words: Uint32Array;
  #size = 0;

  /** @param words room for it, all zero: of many sets side by side, each a part of one array */
  constructor(pieces: number, words: Uint32Array = new Uint32Array(wordsFor(pieces))) {
    this.words = words;
  }

  /** All pieces from 0 up to `pieces`. */
  static full(pieces: number): PieceSet {
    const set = new PieceSet(pieces);
    for (let piece = 0; piece < pieces; piece++) set.add(piece);
    return set;
  }

  /** How many pieces are in it. */
  get size(): number {
    return this.#size;
  }

  has(piece: number): boolean {
    return ((this.words[piece >>> 5]! >>> (piece & 31)) & 1) === 1;
  }

  add(piece: number): void {
    if (this.has(piece)) return;
    this.words[piece >>> 5]! |= 1 << (piece & 31);
    this.#size++;
  }

  delete(piece: number): void {
    if (!this.has(piece)) return;
    this.words[piece >>> 5]! &= ~(1 << (piece & 31));
    this.#size--;
  }

  clear(): void {
    this.words.fill(0);
    this.#size = 0;
  }

  /** True when each of its pieces is in one of the others. */
  isWithin(one: PieceSet, other: PieceSet): boolean {
    return this.words.every((word, place) => (word & ~(one.words[place]! | other.words[place]!)) === 0);
  }

  /** True when it has a piece that `other` lacks. */
  hasOutside(other: PieceSet): boolean {
    for (let place = 0; place < this.words.length; place++) {
      if ((this.words[place]! & ~other.words[place]!) !== 0) return true;
    }
    return false;
  }

  *[Symbol.iterator](): Generator<number> {
    for (const [place, word] of this.words.entries()) {
      for (let rest = word; rest !== 0; rest &= rest - 1) yield (place << 5) + lowestBit(rest);
    }
  }
}

/** Number of the lowest bit that is set; `word` is not 0. */
export function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}
