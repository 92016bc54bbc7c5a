import { describe, expect, it } from 'vitest';
import { GrantPatience } from '../../../../src/engine/swarm/policy/grant-patience.ts';

const patienceAfter = (...answersMs: number[]): GrantPatience => {
  const patience = new GrantPatience(500);
  for (const tookMs of answersMs) patience.answered(tookMs);
  return patience;
};

describe('the patience with grants that nobody makes use of', () => {
  it('is the longest for a grant of anything before there was an answer', () => {
    expect(patienceAfter().longestMs(false)).toBeCloseTo(500);
    expect(patienceAfter().longestMs(true)).toBeCloseTo(500);
  });

  it('comes down to three times what answers take', () => {
    const quick = patienceAfter(...Array<number>(200).fill(10));
    expect(quick.longestMs(false)).toBeCloseTo(30, 1);
    expect(quick.longestMs(true)).toBeCloseTo(30, 1);
  });

  it('goes up with slow answers for what was dealt only, to eight times as long', () => {
    const slow = patienceAfter(...Array<number>(200).fill(1000));
    expect(slow.longestMs(false)).toBe(500);
    expect(slow.longestMs(true)).toBeCloseTo(3000, 0);
    expect(patienceAfter(...Array<number>(200).fill(5000)).longestMs(true)).toBe(4000);
  });
});
