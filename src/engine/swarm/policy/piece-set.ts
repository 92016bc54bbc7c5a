/** Words that a set of so many pieces takes. */
function wordsFor(pieces: number): number {
  return (pieces + 31) >>> 5;
}

/** Many sets of pieces side by side in one array, a row each. */
export class PieceRows {
  readonly pieces: number;
  /** Words of a row: 32 pieces each, the lowest piece in the lowest bit. */
  readonly span: number;
  readonly words: Uint32Array;
  /** How many pieces are in each set. */
  readonly sizes: Uint32Array;

  constructor(rows: number, pieces: number) {
    this.pieces = pieces;
    this.span = wordsFor(pieces);
    this.words = new Uint32Array(rows * this.span);
    this.sizes = new Uint32Array(rows);
  }

  /** The set of that row, to read and to change. */
  row(row: number): PieceSet {
    return new PieceSet(this.pieces, this, row);
  }

  /** True when a set has a piece that the `other` row of `others` lacks: one that is larger has in any case. */
  hasOutside(row: number, others: PieceRows, other: number): boolean {
    if (this.sizes[row]! > others.sizes[other]!) return true;
    const { words, span } = this;
    const start = row * span;
    const otherStart = other * span;
    for (let place = 0; place < span; place++) {
      if ((words[start + place]! & ~others.words[otherStart + place]!) !== 0) return true;
    }
    return false;
  }
}

/** A set of piece numbers, one bit each. */
export class PieceSet {
  /** Words that it takes. */
  readonly span: number;
  readonly #words: Uint32Array;
  readonly #sizes: Uint32Array;
  #row: number;
  #start: number;

  /** @param rows where it is kept, and the row there; by itself if left out */
  constructor(pieces: number, rows = new PieceRows(1, pieces), row = 0) {
    this.span = rows.span;
    this.#words = rows.words;
    this.#sizes = rows.sizes;
    this.#row = row;
    this.#start = row * rows.span;
  }

  /** All pieces from 0 up to `pieces`. */
  static full(pieces: number): PieceSet {
    const set = new PieceSet(pieces);
    for (let piece = 0; piece < pieces; piece++) set.add(piece);
    return set;
  }

  /** Stands for another row from now on. */
  moveTo(row: number): this {
    this.#row = row;
    this.#start = row * this.span;
    return this;
  }

  /** How many pieces are in it. */
  get size(): number {
    return this.#sizes[this.#row]!;
  }

  /** 32 pieces, the lowest in the lowest bit. @param place from 0 up to `span` */
  word(place: number): number {
    return this.#words[this.#start + place]!;
  }

  has(piece: number): boolean {
    return ((this.word(piece >>> 5) >>> (piece & 31)) & 1) === 1;
  }

  /** @returns whether it is new */
  add(piece: number): boolean {
    const word = this.word(piece >>> 5);
    if (((word >>> (piece & 31)) & 1) === 1) return false;
    this.#words[this.#start + (piece >>> 5)] = word | (1 << (piece & 31));
    this.#sizes[this.#row]!++;
    return true;
  }

  /** @returns whether it was there */
  delete(piece: number): boolean {
    const word = this.word(piece >>> 5);
    if (((word >>> (piece & 31)) & 1) === 0) return false;
    this.#words[this.#start + (piece >>> 5)] = word & ~(1 << (piece & 31));
    this.#sizes[this.#row]!--;
    return true;
  }

  clear(): void {
    this.#words.fill(0, this.#start, this.#start + this.span);
    this.#sizes[this.#row] = 0;
  }

  /** True when each of its pieces is in one of the others. */
  isWithin(one: PieceSet, other: PieceSet): boolean {
    for (let place = 0; place < this.span; place++) {
      if ((this.word(place) & ~(one.word(place) | other.word(place))) !== 0) return false;
    }
    return true;
  }

  /** True when it has a piece that `other` lacks. */
  hasOutside(other: PieceSet): boolean {
    for (let place = 0; place < this.span; place++) {
      if ((this.word(place) & ~other.word(place)) !== 0) return true;
    }
    return false;
  }

  *[Symbol.iterator](): Generator<number> {
    for (let place = 0; place < this.span; place++) {
      for (let rest = this.word(place); rest !== 0; rest &= rest - 1) yield (place << 5) + lowestBit(rest);
    }
  }
}

/** Number of the lowest bit that is set; `word` is not 0. */
export function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}
