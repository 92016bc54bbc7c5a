import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meanInterval, tQuantile } from '../../../src/bench/metrics/mean-interval.ts';

describe('the interval of a mean', () => {
  it('is Student’s for three runs: mean 2, standard error 1 / sqrt(3), quantile 4.3027', () => {
    const interval = meanInterval([1, 2, 3])!;
    expect(interval.mean).toBe(2);
    expect(interval.high).toBeCloseTo(2 + 4.302653 / Math.sqrt(3), 5);
    expect(interval.low).toBeCloseTo(2 - 4.302653 / Math.sqrt(3), 5);
  });

  it('is not given for fewer than three runs', () => {
    expect(meanInterval([1, 2])).toBeNull();
    expect(meanInterval([])).toBeNull();
  });

  it('has no width where all runs agree', () => {
    expect(meanInterval([5, 5, 5, 5])).toEqual({ mean: 5, low: 5, high: 5, runs: 4 });
  });

  it('holds the mean', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 3, maxLength: 30 }),
        (values) => {
          const { low, mean, high } = meanInterval(values)!;
          expect(low).toBeLessThanOrEqual(mean);
          expect(high).toBeGreaterThanOrEqual(mean);
        },
      ),
    );
  });
});

describe('the quantile 0.975 of Student’s t', () => {
  it.each([
    [2, 4.302653],
    [10, 2.228139],
    [11, 2.200985],
    [20, 2.085963],
    [30, 2.042272],
    [120, 1.97993],
  ])('for %i degrees of freedom is that of the tables, %f', (degrees, quantile) => {
    expect(tQuantile(degrees)).toBeCloseTo(quantile, 4);
  });
});
