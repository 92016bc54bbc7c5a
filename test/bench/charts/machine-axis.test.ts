import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logTicks, machineAxis, machineTicks, valueRange } from '../../../src/bench/charts/machine-axis.ts';

describe('the axis of machines', () => {
  it('is logarithmic to base 2, with some room at both ends', () => {
    const { scale } = machineAxis([1, 8]);
    expect(scale).toMatchObject({ type: 'log', base: 2 });
    expect(scale.domain[0]).toBeLessThan(1);
    expect(scale.domain[1]).toBeGreaterThan(8);
  });

  it('has room around a single count', () => {
    expect(machineAxis([8]).scale.domain).toEqual([4, 16]);
  });

  it('names few counts as they are, once and in order', () => {
    expect(machineTicks([20, 1, 20])).toEqual([1, 20]);
  });

  it('names the powers of two around many counts', () => {
    expect(machineTicks(Array.from({ length: 20 }, (_, index) => index + 3))).toEqual([2, 4, 8, 16, 32]);
  });
});

describe('the axis of values', () => {
  it('starts at zero up to a ratio of ten and is logarithmic beyond', () => {
    expect(valueRange([1, 10])).toMatchObject({ isLog: false, low: 0 });
    expect(valueRange([1, 11])).toMatchObject({ isLog: true });
  });

  it('holds all positive values', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), { minLength: 1 }), (values) => {
        const { low, high } = valueRange(values);
        expect(values.every((value) => value >= low && value <= high)).toBe(true);
      }),
    );
  });

  it('goes to one where all values are zero', () => {
    expect(valueRange([0, 0])).toEqual({ isLog: false, low: 0, high: 1 });
  });

  it('has ticks of 1, 2 and 5 on a logarithmic axis', () => {
    expect(logTicks({ isLog: true, low: 0.3, high: 25 })).toEqual([0.5, 1, 2, 5, 10, 20]);
  });
});
