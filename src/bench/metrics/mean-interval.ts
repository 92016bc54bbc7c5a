/** Mean of repeated runs with its 95 % interval, in the unit of the values. */
export interface MeanInterval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly runs: number;
}

/** Below three runs an interval by Student's t is so wide (12.7 standard errors) that it says nothing. */
const FEWEST_RUNS = 3;

/** Standard normal quantile of 0.975. */
const Z = 1.959963984540054;

/** Student's t, quantile of 0.975, for 2 to 10 degrees of freedom; any table, such as Student (1908) as extended by Fisher. */
const T_QUANTILES = [
  4.302653, 3.182446, 2.776445, 2.570582, 2.446912, 2.364624, 2.306004, 2.262157, 2.228139,
];

/** The 95 % interval of the mean by Student's t, or null for fewer than three values. */
export function meanInterval(values: readonly number[]): MeanInterval | null {
  const runs = values.length;
  if (runs < FEWEST_RUNS) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / runs;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const half = tQuantile(runs - 1) * Math.sqrt(squares / (runs - 1) / runs);
  return { mean, low: mean - half, high: mean + half, runs };
}

/**
 * Student's t, quantile of 0.975.
 * Above the table: Cornish-Fisher expansion in 1 / degrees (Abramowitz & Stegun 26.7.5), good to 1e-5 from 11 on.
 * @param degrees of freedom, from 2 up
 */
export function tQuantile(degrees: number): number {
  const tabled = T_QUANTILES[degrees - 2];
  if (tabled !== undefined) return tabled;
  return (
    Z +
    (Z ** 3 + Z) / (4 * degrees) +
    (5 * Z ** 5 + 16 * Z ** 3 + 3 * Z) / (96 * degrees ** 2) +
    (3 * Z ** 7 + 19 * Z ** 5 + 17 * Z ** 3 - 15 * Z) / (384 * degrees ** 3) +
    (79 * Z ** 9 + 776 * Z ** 7 + 1482 * Z ** 5 - 1920 * Z ** 3 - 945 * Z) / (92160 * degrees ** 4)
  );
}
