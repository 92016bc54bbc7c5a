import { describe, expect, it } from 'vitest';
import { medianInterval, medianIntervalCoverage } from '../../../src/bench/metrics/median-interval.ts';

/** Medians of all resamples of few values, each as often as it occurs. */
function resampledMedians(values: readonly number[]): number[] {
  const draws = values.length;
  return Array.from({ length: draws ** draws }, (_, number) => {
    const drawn = Array.from(
      { length: draws },
      (_, place) => values[Math.floor(number / draws ** place) % draws]!,
    );
    return drawn.sort((a, b) => a - b)[(draws - 1) / 2]!;
  }).sort((a, b) => a - b);
}

describe('the interval of a median', () => {
  it('says nothing of one or two runs', () => {
    expect(medianInterval([])).toBeNull();
    expect(medianInterval([1, 2])).toBeNull();
  });

  it('holds the true median as often as the binomial distribution says, whatever the values are', () => {
    const shares = [3, 4, 5, 6, 7].map(medianIntervalCoverage);
    // Ranges of 3, 4, 5 and 6 values: 1 - 2^(1 - n). Of 7 the second to the sixth: 1 - 2 (1 + 7) / 2^7.
    for (const [index, share] of [0.75, 0.875, 0.9375, 0.96875, 0.875].entries())
      expect(shares[index]).toBeCloseTo(share, 12);
    expect(medianIntervalCoverage(200)).toBeCloseTo(0.95, 1);
  });

  it('is the range of three to five runs', () => {
    expect(medianInterval([3, 1, 2])).toEqual({ low: 1, high: 3 });
    expect(medianInterval([5, 3, 1, 2, 4])).toEqual({ low: 1, high: 5 });
  });

  it('is what all resamples say', () => {
    const values = [1, 2, 4, 8, 16, 32, 64];
    const medians = resampledMedians(values);
    expect(medianInterval(values)).toEqual({
      low: medians[Math.floor(0.025 * medians.length)],
      high: medians[Math.ceil(0.975 * medians.length) - 1],
    });
  });

  it('narrows with thousands of runs, and holds the median', () => {
    for (const runs of [999, 1100, 5000]) {
      const { low, high } = medianInterval(Array.from({ length: runs }, (_, index) => index))!;
      // Of many runs it is 1.96 times half their square root on both sides (the normal limit of the binomial).
      const half = (1.96 * Math.sqrt(runs)) / 2;
      expect(Math.abs((runs - 1) / 2 - half - low)).toBeLessThan(1.5);
      expect(Math.abs((runs - 1) / 2 + half - high)).toBeLessThan(1.5);
    }
  });

  it('takes the outer one of two middle values where the number is even', () => {
    const { low, high } = medianInterval([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])!;
    expect(low).toBeGreaterThan(1);
    expect(high).toBeLessThan(10);
    expect(low + high).toBe(11);
  });
});
