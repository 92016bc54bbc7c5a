/** Whole pieces in memory, the ones used last; what is not there is read once, however many ask for it. */
export class PieceCache {
  readonly #read: (piece: number) => Promise<Uint8Array>;
  readonly #capacity: number;
  /** The one used last is at the end. */
  readonly #pieces = new Map<number, Uint8Array>();
  readonly #readings = new Map<number, Promise<Uint8Array>>();

  /** @param capacity pieces kept at most; those that are being read come on top */
  constructor(capacity: number, read: (piece: number) => Promise<Uint8Array>) {
    this.#capacity = capacity;
    this.#read = read;
  }

  put(piece: number, bytes: Uint8Array): void {
    this.#pieces.delete(piece);
    this.#pieces.set(piece, bytes);
    if (this.#pieces.size > this.#capacity) this.#pieces.delete(this.#pieces.keys().next().value!);
  }

  /** Rejects where the piece cannot be read; it is tried again when it is asked for again. */
  get(piece: number): Uint8Array | Promise<Uint8Array> {
    const known = this.#pieces.get(piece);
    if (known) {
      this.put(piece, known);
      return known;
    }
    return this.#readings.get(piece) ?? this.#startReading(piece);
  }

  #startReading(piece: number): Promise<Uint8Array> {
    const reading = this.#read(piece)
      .then((bytes) => {
        this.put(piece, bytes);
        return bytes;
      })
      .finally(() => this.#readings.delete(piece));
    this.#readings.set(piece, reading);
    return reading;
  }
}
