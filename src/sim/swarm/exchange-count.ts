/** Spans of time that are kept: the present one and two before it. */
const SPANS = 3;

/** Bytes exchanged with each neighbour, by spans of time that are numbered. */
export class ExchangeCount {
  readonly #neighbours: number;
  readonly #bytes: Float64Array;
  #span = 0;

  constructor(neighbours: number) {
    this.#neighbours = neighbours;
    this.#bytes = new Float64Array(SPANS * neighbours);
  }

  add(neighbour: number, bytes: number, span: number): void {
    this.#moveTo(span);
    this.#bytes[(span % SPANS) * this.#neighbours + neighbour]! += bytes;
  }

  /** What was exchanged in this span, which must not lie before the last that was asked for, and the two before it. */
  bytesWith(neighbour: number, span: number): number {
    this.#moveTo(span);
    let bytes = 0;
    for (let place = neighbour; place < this.#bytes.length; place += this.#neighbours)
      bytes += this.#bytes[place]!;
    return bytes;
  }

  #moveTo(span: number): void {
    for (; this.#span < span; this.#span++) {
      const start = ((this.#span + 1) % SPANS) * this.#neighbours;
      this.#bytes.fill(0, start, start + this.#neighbours);
    }
  }
}
