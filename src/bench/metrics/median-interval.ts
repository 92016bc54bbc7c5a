/** Interval of the median of repeated runs, in the unit of the values. */
export interface MedianInterval {
  readonly low: number;
  readonly high: number;
}

/** Below three runs nothing can be said. */
const FEWEST_RUNS = 3;
/** Half of what a 95 % interval leaves out. */
const TAIL = 0.025;

/**
 * The 95 % interval of the median by the bootstrap (Efron 1979, percentiles), or null for fewer than three values. The
 * distribution of a resample's median is known in closed form, so nothing is drawn: its middle value is at most the k-th
 * smallest of n when more than half of n draws are, each with probability k / n. Of an even number the lower and the
 * upper one of the two middle values bound it. How often it holds the true median, `medianIntervalCoverage` tells.
 */
export function medianInterval(values: readonly number[]): MedianInterval | null {
  const runs = values.length;
  if (runs < FEWEST_RUNS) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const { low, high } = intervalRanks(runs);
  return { low: sorted[low - 1]!, high: sorted[high - 1]! };
}

/**
 * Share of all cases in which the interval holds the true median, whatever the distribution is: the number of values below
 * that median is binomial. 75 % with three runs, 94 % with five, 88 % with seven, and near 95 % with many.
 */
export function medianIntervalCoverage(runs: number): number {
  const { low, high } = intervalRanks(runs);
  return atLeast(low, runs, 0.5) - atLeast(high, runs, 0.5);
}

/** Of the values that bound the interval, from 1. */
function intervalRanks(runs: number): { low: number; high: number } {
  const [lowerMiddle, upperMiddle] = [Math.ceil(runs / 2), Math.floor(runs / 2) + 1];
  const ranks = Array.from({ length: runs }, (_, index) => index + 1);
  return {
    low: ranks.find((rank) => atLeast(lowerMiddle, runs, rank / runs) > TAIL)!,
    high: ranks.find((rank) => atLeast(upperMiddle, runs, rank / runs) >= 1 - TAIL)!,
  };
}

/** Probability of `successes` or more of `draws`. */
function atLeast(successes: number, draws: number, probability: number): number {
  if (probability === 1) return 1;
  let sum = 0;
  // In logarithms: of a thousand draws there are more ways than a number can hold.
  let ways = 0;
  for (let count = 0; count <= draws; count++) {
    const share = ways + count * Math.log(probability) + (draws - count) * Math.log1p(-probability);
    if (count >= successes) sum += Math.exp(share);
    ways += Math.log((draws - count) / (count + 1));
  }
  return sum;
}
