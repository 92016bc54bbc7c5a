/** A stream of random numbers, given to every policy that draws. */
export interface Chance {
  /** Uniform whole number in [0, below). */
  below(below: number): number;
  /** Puts the items into random order, in place. */
  shuffle(items: Int32Array): Int32Array;
}
