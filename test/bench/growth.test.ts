import { describe, expect, it } from 'vitest';
import { growthOf } from '../../src/bench/sim-bench/growth.ts';

const costs = (cpuOf: (peers: number) => number, pieces = 256) =>
  [1000, 10_000, 100_000].map((peers) => ({ peers, pieces, cpuS: cpuOf(peers) }) as never);

describe('growth of the cost of a simulation', () => {
  it('is the exponent that the times were made with', () => {
    expect(
      growthOf(
        costs((peers) => 3e-4 * peers ** 1.25),
        256,
      )!.exponent,
    ).toBeCloseTo(1.25, 10);
    expect(
      growthOf(
        costs((peers) => peers * Math.log(peers)),
        256,
      )!.exponent,
    ).toBeCloseTo(1.11, 2);
  });

  it('is laid beside that of n log n', () => {
    expect(growthOf(costs(Number), 256)).toMatchObject({ peers: [1000, 100_000] });
    expect(growthOf(costs(Number), 256)!.exponentOfNLogN).toBeCloseTo(Math.log10(166.7) / 2, 3);
  });

  it('needs three sizes of equal pieces', () => {
    expect(growthOf(costs(Number).slice(1), 256)).toBeUndefined();
    expect(growthOf(costs(Number), 1000)).toBeUndefined();
  });
});
