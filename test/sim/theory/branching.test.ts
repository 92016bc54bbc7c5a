import { assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  memberMakespanS,
  memberMeanS,
  memberReceiverMeanS,
  seededMakespanS,
  seededMeanS,
} from '../../../src/sim/theory/branching.ts';

const table: readonly [members: number, mean: number, receiverMean: number, makespan: number][] = [
  [2, 0.5, 1, 1],
  [4, 1.25, 1.6667, 2],
  [8, 2.125, 2.4286, 3],
  [16, 3.0625, 3.2667, 4],
  [32, 4.03125, 4.1613, 5],
  [1024, 9.00098, 9.0098, 10],
];

/** The model itself: everyone who has the image uploads it once per tau. */
function latenciesInTau(machines: number): number[] {
  const latencies: number[] = [];
  for (let generation = 1, holders = 1; latencies.length < machines; generation += 1) {
    const served = Math.min(holders, machines - latencies.length);
    for (let i = 0; i < served; i += 1) latencies.push(generation);
    holders += served;
  }
  return latencies;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe('branching model, source as n-th member', () => {
  it.each(table)('n = %i has the mean, the mean over receivers and the makespan of the table', (...row) => {
    const [members, mean, receiverMean, makespan] = row;
    expect(memberMeanS(members, 60) / 60).toBeCloseTo(mean, 5);
    expect(memberReceiverMeanS(members, 60) / 60).toBeCloseTo(receiverMean, 4);
    expect(memberMakespanS(members, 60) / 60).toBe(makespan);
  });

  it('is the seeded convention with one machine less, the source counted with 0', () => {
    for (const [members] of table) {
      expect(memberReceiverMeanS(members, 1)).toBeCloseTo(seededMeanS(members - 1, 1), 12);
      expect(memberMeanS(members, 1)).toBeCloseTo(
        (seededMeanS(members - 1, 1) * (members - 1)) / members,
        12,
      );
      expect(memberMakespanS(members, 1)).toBe(seededMakespanS(members - 1, 1));
    }
  });

  it('is done before it starts when the source is the only member', () => {
    expect(memberMeanS(1, 60)).toBe(0);
    expect(memberMakespanS(1, 60)).toBe(0);
  });

  it('refuses a number of members that is no power of two', () => {
    expect(() => memberMeanS(12, 1)).toThrow(new RangeError('members is 12: allowed is a power of two'));
  });

  it('has no mean over receivers when there are none', () => {
    expect(() => memberReceiverMeanS(1, 1)).toThrow('members is 1: allowed is a whole number from 2 up');
  });
});

describe('branching model, n machines beside one seeder', () => {
  it('has mean tau (k - 1 + (k + 2)/n) and makespan (k + 1) tau at n = 2^k', () => {
    for (let k = 0; k <= 20; k += 1) {
      const machines = 2 ** k;
      expect(seededMeanS(machines, 60)).toBeCloseTo(60 * (k - 1 + (k + 2) / machines), 9);
      expect(seededMakespanS(machines, 60)).toBe(60 * (k + 1));
    }
  });

  it('is the greedy doubling for any number of machines', () => {
    assert(
      property(integer({ min: 1, max: 3000 }), (machines) => {
        const latencies = latenciesInTau(machines);
        expect(seededMeanS(machines, 1)).toBeCloseTo(sum(latencies) / machines, 10);
        expect(seededMakespanS(machines, 1)).toBe(latencies.at(-1));
      }),
    );
  });

  it('keeps nobody waiting less when one more machine comes', () => {
    assert(
      property(integer({ min: 1, max: 1e9 }), (machines) => {
        expect(seededMeanS(machines + 1, 1)).toBeGreaterThanOrEqual(seededMeanS(machines, 1));
        expect(seededMakespanS(machines + 1, 1)).toBeGreaterThanOrEqual(seededMakespanS(machines, 1));
      }),
    );
  });
});
