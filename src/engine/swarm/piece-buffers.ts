/**
 * Memory for whole pieces, used again and again: memory that is new has to be brought in page by page by the operating
 * system, which takes many times as long as filling it, and every buffer that is left to the garbage collector stops the
 * process for all that it does.
 */
export class PieceBuffers {
  readonly #free: Uint8Array[] = [];
  readonly #pieceBytes: number;
  readonly #spare: number;

  /** @param spare buffers kept at most while nobody uses them */
  constructor(pieceBytes: number, spare: number) {
    this.#pieceBytes = pieceBytes;
    this.#spare = spare;
  }

  /** @returns `bytes` bytes with anything in them */
  take(bytes: number): Uint8Array {
    if (bytes !== this.#pieceBytes) return Buffer.allocUnsafeSlow(bytes);
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(bytes);
  }

  /** Nobody may use these bytes any more. */
  giveBack(bytes: Uint8Array): void {
    if (bytes.length === this.#pieceBytes && this.#free.length < this.#spare) this.#free.push(bytes);
  }
}
