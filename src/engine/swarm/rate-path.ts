import type { LinkRate } from '../link-rate.ts';

/** Limits that the bytes of one connection keep to, each of them shared with others or not. */
export class RatePath {
  readonly #rates: readonly LinkRate[];
  /** Shared with all peers at the same place, where that has a limit. */
  site: LinkRate | undefined;

  constructor(rates: readonly LinkRate[]) {
    this.#rates = rates;
  }

  /** Nothing holds bytes up at the moment. */
  get isFree(): boolean {
    return this.#all().every(({ rateBps }) => rateBps === Number.POSITIVE_INFINITY);
  }

  /** Resolves when the slowest of them has carried `bytes`. */
  async carry(bytes: number): Promise<void> {
    await Promise.all(this.#all().map((rate) => rate.carry(bytes)));
  }

  #all(): readonly LinkRate[] {
    return this.site ? [...this.#rates, this.site] : this.#rates;
  }
}
