import { describe, expect, it } from 'vitest';
import { memberMeanS } from '../../../src/sim/theory/branching.ts';
import {
  branchingSumS,
  correctedApproximationS,
  printedApproximationS,
} from '../../../src/sim/theory/branching-equation.ts';

const GENERATIONS = [1, 2, 3, 4, 5, 10, 30];

describe('equation (1) of the paper', () => {
  it('gives its own closed form only when the sum starts at i = 0', () => {
    for (const generations of GENERATIONS) {
      const sum = branchingSumS({ generations, copyS: 60, lowerIndex: 0 });
      expect(sum).toBeCloseTo(memberMeanS(2 ** generations, 60), 9);
      expect(sum).toBeCloseTo(generations * 60 - ((2 ** generations - 1) / 2 ** generations) * 60, 9);
    }
  });

  it('is exactly (k - 1) tau with the printed lower index i = 1', () => {
    for (const generations of GENERATIONS) {
      expect(branchingSumS({ generations, copyS: 1, lowerIndex: 1 })).toBe(generations - 1);
    }
  });

  it('rests on sum_{i=0}^{k-1} 2^i (i + 1) = (k - 1) 2^k + 1', () => {
    for (const generations of GENERATIONS) {
      const sum = branchingSumS({ generations, copyS: 2 ** generations, lowerIndex: 0 });
      expect(sum).toBe((generations - 1) * 2 ** generations + 1);
    }
  });
});

describe('approximations of the mean', () => {
  const excess = (members: number) => printedApproximationS(members, 1) / memberMeanS(members, 1) - 1;

  it('tau log2 n is 31 % too high at n = 16 and 11 % at n = 1024', () => {
    expect(excess(16)).toBeCloseTo(0.31, 2);
    expect(excess(1024)).toBeCloseTo(0.11, 2);
  });

  it('tau log2 n is too high by tau in the limit', () => {
    const members = 2 ** 40;
    expect(printedApproximationS(members, 60) - memberMeanS(members, 60)).toBeCloseTo(60, 6);
  });

  it('tau (log2 n - 1) is too low by tau/n only', () => {
    for (const generations of GENERATIONS) {
      const members = 2 ** generations;
      expect(memberMeanS(members, 60) - correctedApproximationS(members, 60)).toBeCloseTo(60 / members, 9);
    }
  });
});
