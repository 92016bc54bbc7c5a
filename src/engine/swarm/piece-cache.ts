/** A piece that is lent: its bytes stay what they are until it is given back, once. */
export interface PieceLoan {
  /** Rejects where the piece cannot be read. */
  readonly bytes: Uint8Array | Promise<Uint8Array>;
  giveBack(): void;
}

/** A piece in memory, or on its way there, and how many are making use of it. */
interface Entry {
  bytes: Uint8Array | Promise<Uint8Array>;
  loans: number;
}

/**
 * Whole pieces in memory, the ones used last; what is not there is read once, however many ask for it. A piece that is
 * on loan stays.
 */
export class PieceCache {
  readonly #read: (piece: number) => Promise<Uint8Array>;
  readonly #evicted: (bytes: Uint8Array) => void;
  readonly #capacity: number;
  /** The one used last is at the end. */
  readonly #pieces = new Map<number, Entry>();
  /** Pieces that are on loan. */
  #lent = 0;

  /**
   * @param capacity pieces kept at most; those that are on loan come on top
   * @param evicted takes the bytes that are kept no more
   */
  constructor(
    capacity: number,
    read: (piece: number) => Promise<Uint8Array>,
    evicted: (bytes: Uint8Array) => void,
  ) {
    this.#capacity = capacity;
    this.#read = read;
    this.#evicted = evicted;
  }

  /** Takes a piece in, on loan to whoever brings it. */
  put(piece: number, bytes: Uint8Array): PieceLoan {
    this.#pieces.set(piece, { bytes, loans: 0 });
    return this.borrow(piece);
  }

  /** A piece that could not be read is tried again when it is asked for again. */
  borrow(piece: number): PieceLoan {
    const entry = this.#pieces.get(piece) ?? this.#startReading(piece);
    if (entry.loans++ === 0) this.#lent++;
    this.#pieces.delete(piece);
    this.#pieces.set(piece, entry);
    return {
      bytes: entry.bytes,
      giveBack: () => {
        if (--entry.loans === 0) this.#lent--;
        this.#evict();
      },
    };
  }

  #startReading(piece: number): Entry {
    const reading = this.#read(piece);
    const entry: Entry = { bytes: reading, loans: 0 };
    reading.then(
      (bytes) => {
        entry.bytes = bytes;
      },
      () => {
        if (this.#pieces.get(piece) === entry) this.#pieces.delete(piece);
      },
    );
    return entry;
  }

  #evict(): void {
    for (const [piece, { bytes, loans }] of this.#pieces) {
      if (this.#pieces.size - this.#lent <= this.#capacity) return;
      if (loans > 0 || !(bytes instanceof Uint8Array)) continue;
      this.#pieces.delete(piece);
      this.#evicted(bytes);
    }
  }
}
