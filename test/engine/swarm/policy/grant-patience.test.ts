import fc from 'fast-check';
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

describe('the patience with grants, whatever answers took', () => {
  const LONGEST_MS = 500;
  const anyMs = fc.double({ min: 0, max: 1e6, noNaN: true });
  const anyPast = fc.array(anyMs, { maxLength: 50 });

  it('is within its bounds, more for what was dealt, and waits for the quickest answer that there was', () => {
    fc.assert(
      fc.property(anyPast, (past) => {
        const patience = patienceAfter(...past);
        const [any, dealt] = [patience.longestMs(false), patience.longestMs(true)];
        expect(any).toBeLessThanOrEqual(LONGEST_MS);
        expect(dealt).toBeLessThanOrEqual(8 * LONGEST_MS);
        expect(dealt).toBeGreaterThanOrEqual(any);
        expect(any).toBeGreaterThanOrEqual(Math.min(LONGEST_MS, ...past) - 1e-6);
      }),
    );
  });

  it('is no less where one answer took longer', () => {
    fc.assert(
      fc.property(anyPast, anyMs, anyMs, anyPast, (past, ms, more, rest) => {
        for (const isDealing of [false, true]) {
          const [quicker, slower] = [
            patienceAfter(...past, ms, ...rest),
            patienceAfter(...past, ms + more, ...rest),
          ];
          expect(slower.longestMs(isDealing)).toBeGreaterThanOrEqual(quicker.longestMs(isDealing) - 1e-6);
        }
      }),
    );
  });

  it('is enough again for answers that stay the same, whatever came before', () => {
    fc.assert(
      fc.property(anyPast, fc.double({ min: 1, max: LONGEST_MS, noNaN: true }), (past, ms) => {
        const patience = patienceAfter(...past, ...Array<number>(400).fill(ms));
        expect(patience.longestMs(false)).toBeGreaterThanOrEqual(Math.min(LONGEST_MS, 2 * ms));
        expect(patience.longestMs(true)).toBeLessThanOrEqual(4 * ms);
      }),
    );
  });
});
