import { assert, constantFrom, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStream, type StreamName } from '../../../src/sim/kernel/random-stream.ts';

const NAMES = ['arrivals', 'handout', 'swarm', 'loss'] as const satisfies readonly StreamName[];
const PAIRS = NAMES.flatMap((one, place) => NAMES.slice(place + 1).map((other) => [one, other] as const));
const DRAWS = 10_000;

const seeds = integer();
const names = constantFrom(...NAMES);

function shares(randomSeed: number, name: StreamName, count = DRAWS): number[] {
  const stream = new RandomStream(randomSeed, name);
  return Array.from({ length: count }, () => stream.share());
}

/** Correlation of two lists of uniform shares, whose mean is 1/2 and variance 1/12. */
function correlation(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, share, place) => sum + 12 * (share - 0.5) * (b[place]! - 0.5), 0) / a.length;
}

/** Sum of squared distances from equal counts, in units of the expected count. */
function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

describe('random stream', () => {
  it('gives the same numbers for the same random seed and purpose', () => {
    assert(
      property(seeds, names, (randomSeed, name) => {
        expect(shares(randomSeed, name, 50)).toEqual(shares(randomSeed, name, 50));
      }),
    );
  });

  it('gives other numbers for another random seed', () => {
    assert(
      property(seeds, names, (randomSeed, name) => {
        expect(shares(randomSeed, name, 50)).not.toEqual(shares(randomSeed + 1, name, 50));
      }),
    );
  });

  it.each(PAIRS)('of %s has nothing to do with that of %s', (one, other) => {
    const [first, second] = [shares(1, one), shares(1, other)];
    expect(first.some((share) => second.includes(share))).toBe(false);
    // Four standard deviations of the correlation of independent lists.
    expect(Math.abs(correlation(first, second))).toBeLessThan(4 / Math.sqrt(DRAWS));
  });

  it('of one random seed has nothing to do with that of the next', () => {
    for (const name of NAMES) {
      expect(Math.abs(correlation(shares(1, name), shares(2, name)))).toBeLessThan(4 / Math.sqrt(DRAWS));
    }
  });

  it('draws whole numbers below a limit, each as often as the next', () => {
    const stream = new RandomStream(1, 'swarm');
    const counts = Array.from({ length: 10 }, () => 0);
    for (let draw = 0; draw < DRAWS; draw++) counts[stream.below(10)]!++;
    expect(counts).toHaveLength(10);
    // Chance of more, with 9 degrees of freedom: 1 in 1000.
    expect(chiSquare(counts)).toBeLessThan(27.9);
  });

  it('draws 0 where that is the only number', () => {
    expect(new RandomStream(1, 'swarm').below(1)).toBe(0);
  });

  it('draws exponential times of the given mean, none of them negative', () => {
    const stream = new RandomStream(1, 'arrivals');
    const gaps = Array.from({ length: DRAWS }, () => stream.exponential(8));
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / DRAWS;
    // The standard deviation of an exponential time is its mean.
    expect(Math.abs(mean - 8)).toBeLessThan((3 * 8) / Math.sqrt(DRAWS));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0);
  });
});
