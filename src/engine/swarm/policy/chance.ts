/** A stream of random numbers, given to every policy that draws. */
export interface Chance {
  /** Uniform whole number in [0, below). */
  below(below: number): number;
}
