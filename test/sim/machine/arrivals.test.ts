import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../src/sim/kernel/random-stream.ts';
import { arrivalTimes } from '../../../src/sim/machine/arrivals.ts';

const aStream = (randomSeed = 1) => new RandomStream(randomSeed, 'arrivals');

describe('arrivals', () => {
  it('are all at 0 when machines are powered on together', () => {
    expect([...arrivalTimes(4, { kind: 'together' }, aStream())]).toEqual([0, 0, 0, 0]);
  });

  it('are one interval apart when they are staggered', () => {
    expect([...arrivalTimes(4, { kind: 'staggered', intervalS: 2.5 }, aStream())]).toEqual([0, 2.5, 5, 7.5]);
  });

  it('begin at 0 and are in order when they are a Poisson process', () => {
    const times = [...arrivalTimes(1000, { kind: 'poisson', intervalS: 2 }, aStream())];
    expect(times[0]).toBe(0);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('have exponential gaps when they are a Poisson process: mean and deviation are the interval', () => {
    const [count, intervalS] = [10_001, 2];
    const times = arrivalTimes(count, { kind: 'poisson', intervalS }, aStream());
    const gaps = [...times].slice(1).map((timeS, place) => timeS - times[place]!);
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
    expect(Math.abs(mean / intervalS - 1)).toBeLessThan(3 / Math.sqrt(gaps.length));
    // The variance of the square of an exponential deviation is 8 times the fourth power of the mean.
    expect(Math.abs(variance / intervalS ** 2 - 1)).toBeLessThan(3 * Math.sqrt(8 / gaps.length));
  });

  it('are others for another random seed', () => {
    const arrival = { kind: 'poisson', intervalS: 2 } as const;
    expect(arrivalTimes(3, arrival, aStream(1))).not.toEqual(arrivalTimes(3, arrival, aStream(2)));
    expect(arrivalTimes(3, arrival, aStream(1))).toEqual(arrivalTimes(3, arrival, aStream(1)));
  });
});
