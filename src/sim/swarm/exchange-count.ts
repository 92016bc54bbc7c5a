/** Spans of time that are kept: the present one and two before it. */
const SPANS = 3;

/** Bytes exchanged with each neighbour, by spans of time that are numbered. */
export class ExchangeCount {
  /** By neighbour, for the span of this number and those that leave the same rest. */
  readonly #bytes: readonly Map<number, number>[] = Array.from({ length: SPANS }, () => new Map());
  #span = 0;

  add(neighbour: number, bytes: number, span: number): void {
    this.#moveTo(span);
    const count = this.#bytes[span % SPANS]!;
    count.set(neighbour, (count.get(neighbour) ?? 0) + bytes);
  }

  /** What was exchanged in this span, which must not lie before the last that was asked for, and the two before it. */
  bytesWith(neighbour: number, span: number): number {
    this.#moveTo(span);
    let bytes = 0;
    for (const count of this.#bytes) bytes += count.get(neighbour) ?? 0;
    return bytes;
  }

  /** The neighbour is gone: should it come back, nothing was exchanged with it. */
  forget(neighbour: number): void {
    for (const count of this.#bytes) count.delete(neighbour);
  }

  #moveTo(span: number): void {
    for (; this.#span < span; this.#span++) this.#bytes[(this.#span + 1) % SPANS]!.clear();
  }
}
