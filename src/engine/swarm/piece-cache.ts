/** Whole pieces in memory, the ones used last; what is not there is read once, however many ask for it. */
export class PieceCache {
  readonly #read: (piece: number) => Promise<Uint8Array>;
  readonly #capacity: number;
  readonly #pieces = new Map<number, Uint8Array | Promise<Uint8Array>>();

  constructor(capacity: number, read: (piece: number) => Promise<Uint8Array>) {
    this.#capacity = capacity;
    this.#read = read;
  }

  put(piece: number, bytes: Uint8Array): void {
    this.#pieces.delete(piece);
    this.#pieces.set(piece, bytes);
    if (this.#pieces.size > this.#capacity) this.#pieces.delete(this.#pieces.keys().next().value!);
  }

  /** Rejects where the piece cannot be read. */
  get(piece: number): Uint8Array | Promise<Uint8Array> {
    const known = this.#pieces.get(piece);
    if (known instanceof Uint8Array) this.put(piece, known);
    if (known) return known;
    const reading = this.#read(piece).then((bytes) => {
      this.put(piece, bytes);
      return bytes;
    });
    reading.catch(() => this.#pieces.delete(piece));
    this.#pieces.set(piece, reading);
    return reading;
  }
}
