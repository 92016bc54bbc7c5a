/** A grant has to last this long until there is one slot more [ms]; twice that for the next, and so on. */
const FIRST_MS = 2000;

/**
 * Slots beyond those of the settings, up to as many again. Where the first grants go to receivers that are all slow, none
 * comes to its end that would tell: others are tried beside them, until one has.
 */
export class ExtraSlots {
  readonly #most: number;
  #count = 0;
  #afterMs = FIRST_MS;

  constructor(most: number) {
    this.#most = most;
  }

  get count(): number {
    return this.#count;
  }

  /** How long a grant has to last for one slot more [ms]; Infinity where there can be none. */
  get afterMs(): number {
    return this.#count < this.#most ? this.#afterMs : Number.POSITIVE_INFINITY;
  }

  /** A grant lasts that long, and none has come to its end. @returns whether there is one slot more */
  lasts(ms: number): boolean {
    if (ms <= this.afterMs) return false;
    this.#count++;
    this.#afterMs *= 2;
    return true;
  }

  /** A grant has come to its end. */
  ended(): void {
    this.#count = 0;
  }
}
