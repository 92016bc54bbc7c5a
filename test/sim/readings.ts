import type { SimulatedDeployment } from '../../src/sim/simulate.ts';

/** When each machine was done [s], or null, by number. */
export function doneTimes({ machines }: SimulatedDeployment): (number | null)[] {
  return machines.map(({ doneS }) => doneS);
}

/** When each machine that finished was done [s], in order of time. */
export function finishedTimes(deployment: SimulatedDeployment): number[] {
  return doneTimes(deployment)
    .filter((doneS) => doneS !== null)
    .sort((a, b) => a - b);
}

/** When the last machine was done [s]; Infinity where one never was. */
export function makespanS(deployment: SimulatedDeployment): number {
  return Math.max(...doneTimes(deployment).map((doneS) => doneS ?? Infinity));
}

/** Why each machine did not finish, or null, by number. */
export function failures({ machines }: SimulatedDeployment): (string | null)[] {
  return machines.map(({ failure }) => failure);
}

/** Sum of a list. */
export function sumOf(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

/** Mean over so many random seeds, from 1 on: what is left to chance differs by a percent or so from run to run. */
export function meanOverSeeds(count: number, resultOf: (randomSeed: number) => number): number {
  return sumOf(Array.from({ length: count }, (_, index) => resultOf(index + 1))) / count;
}

/** How far the mean of a sample lies from what is expected, in standard deviations of the mean. */
export function sigmasOff(sample: readonly number[], expected: number): number {
  const mean = sumOf(sample) / sample.length;
  const variance = sumOf(sample.map((value) => (value - mean) ** 2)) / (sample.length - 1);
  return Math.abs(mean - expected) / Math.sqrt(variance / sample.length);
}
