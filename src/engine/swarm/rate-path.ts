import type { LinkRate } from '../link-rate.ts';

/** Limits that the bytes of one connection keep to, each of them shared with others or not. */
export class RatePath {
  readonly #rates: LinkRate[];

  constructor(rates: readonly LinkRate[]) {
    this.#rates = [...rates];
  }

  /** Nothing holds bytes up at the moment. */
  get isFree(): boolean {
    return this.#rates.every(({ rateBps }) => rateBps === Number.POSITIVE_INFINITY);
  }

  add(rate: LinkRate): void {
    this.#rates.push(rate);
  }

  /** Resolves when the slowest of them has carried `bytes`. */
  async carry(bytes: number): Promise<void> {
    await Promise.all(this.#rates.map((rate) => rate.carry(bytes)));
  }
}
