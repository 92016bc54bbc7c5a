import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GrantPatience } from '../../../../src/engine/swarm/policy/grant-patience.ts';

const AT_FIRST_MS = 500;

/** After first requests, and after further ones, that took so long. */
function patienceAfter(answersMs: readonly number[], refillsMs: readonly number[] = []): GrantPatience {
  const patience = new GrantPatience(AT_FIRST_MS);
  for (const tookMs of answersMs) patience.answered(tookMs, false);
  for (const tookMs of refillsMs) patience.answered(tookMs, true);
  return patience;
}

const often = (ms: number): number[] => Array<number>(400).fill(ms);

describe('the patience with grants that nobody makes use of', () => {
  it('is what was said before there was an answer, and three times that once somebody was served', () => {
    expect(patienceAfter([]).longestMs(false)).toBeCloseTo(500);
    expect(patienceAfter([]).longestMs(true)).toBeCloseTo(1_500);
  });

  it('comes down to three times what answers take', () => {
    expect(patienceAfter(often(10), often(10)).longestMs(false)).toBeCloseTo(30, 1);
    expect(patienceAfter(often(10), often(10)).longestMs(true)).toBeCloseTo(30, 1);
  });

  it('goes up with slow answers, to eight times as long', () => {
    expect(patienceAfter(often(1_000)).longestMs(false)).toBeCloseTo(3_000, 0);
    expect(patienceAfter(often(5_000)).longestMs(false)).toBe(4_000);
  });

  it('is longer for who was served, where what was handed over takes long to get there', () => {
    const patience = patienceAfter(often(20), often(400));
    expect(patience.longestMs(false)).toBeCloseTo(60, 0);
    expect(patience.longestMs(true)).toBeCloseTo(1_200, 0);
  });
});

describe('the patience with grants, whatever answers took', () => {
  const anyMs = fc.double({ min: 0, max: 1e6, noNaN: true });
  const anyPast = fc.array(anyMs, { maxLength: 50 });

  it('is within its bounds, no less for who was served, and waits for the quickest answer that there was', () => {
    fc.assert(
      fc.property(anyPast, anyPast, (answers, refills) => {
        const patience = patienceAfter(answers, refills);
        const [unused, used] = [patience.longestMs(false), patience.longestMs(true)];
        expect(used).toBeLessThanOrEqual(8 * AT_FIRST_MS);
        expect(used).toBeGreaterThanOrEqual(unused);
        expect(unused).toBeGreaterThanOrEqual(Math.min(AT_FIRST_MS, ...answers) - 1e-6);
      }),
    );
  });

  it('is no less where one answer took longer', () => {
    fc.assert(
      fc.property(anyPast, anyMs, anyMs, anyPast, fc.boolean(), (past, ms, more, rest, isUsed) => {
        const [quicker, slower] = [ms, ms + more].map((tookMs) => {
          const answers = [...past, tookMs, ...rest];
          return isUsed ? patienceAfter([], answers) : patienceAfter(answers);
        });
        expect(slower!.longestMs(isUsed)).toBeGreaterThanOrEqual(quicker!.longestMs(isUsed) - 1e-6);
      }),
    );
  });

  it('is enough again for answers that stay the same, whatever came before', () => {
    fc.assert(
      fc.property(anyPast, fc.double({ min: 1, max: AT_FIRST_MS, noNaN: true }), (past, ms) => {
        const patience = patienceAfter([...past, ...often(ms)], [...past, ...often(ms)]);
        for (const isUsed of [false, true]) {
          expect(patience.longestMs(isUsed)).toBeGreaterThanOrEqual(2 * ms);
          expect(patience.longestMs(isUsed)).toBeLessThanOrEqual(4 * ms);
        }
      }),
    );
  });
});
