import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GrantPace } from '../../../../src/engine/swarm/policy/grant-pace.ts';

/** A pace of grants that took so long. */
function aPace(...tookMs: number[]): GrantPace {
  const pace = new GrantPace();
  for (const ms of tookMs) pace.ended(ms);
  return pace;
}

describe('the pace of grants', () => {
  it('calls none slow as long as none has come to its end', () => {
    expect(aPace().isKnown).toBe(false);
    expect(aPace().isSlow(1e9)).toBe(false);
  });

  it('calls those slow that take five times as long as usual', () => {
    const pace = aPace(1000, 1000, 1000);
    expect([pace.isSlow(5000), pace.isSlow(5001)]).toEqual([false, true]);
  });

  it('calls none slow that is over in half a second', () => {
    expect([aPace(1).isSlow(500), aPace(1).isSlow(501)]).toEqual([false, true]);
  });

  it('gets used to a line that has become slower, and is not thrown off by one broken link', () => {
    const pace = aPace(1000, 1e9);
    expect(pace.isSlow(8000)).toBe(true);
    for (let grant = 0; grant < 10; grant++) pace.ended(10_000);
    expect(pace.isSlow(20_000)).toBe(false);
  });
});

describe('the pace of grants, whatever they took', () => {
  const anyMs = fc.double({ min: 0.001, max: 1e7, noNaN: true });
  const anyPast = fc.array(anyMs, { minLength: 1, maxLength: 50 });

  it('calls none slow that is no longer than all before, and any that is much longer than all', () => {
    fc.assert(
      fc.property(anyPast, (past) => {
        const pace = aPace(...past);
        expect(pace.isSlow(Math.min(...past))).toBe(false);
        expect(pace.isSlow(500)).toBe(false);
        expect(pace.isSlow(Math.max(501, 5.001 * Math.max(...past)))).toBe(true);
      }),
    );
  });

  it('calls what is longer than a slow one slow, too', () => {
    fc.assert(
      fc.property(anyPast, anyMs, anyMs, (past, ms, more) => {
        const pace = aPace(...past);
        if (pace.isSlow(ms)) expect(pace.isSlow(ms + more)).toBe(true);
      }),
    );
  });

  it('is thrown off by one grant by no more than half, and gets used to any pace that lasts', () => {
    fc.assert(
      fc.property(anyPast, anyMs, (past, ms) => {
        const pace = aPace(...past);
        const before = pace.slowAfterMs;
        pace.ended(ms);
        expect(pace.slowAfterMs).toBeLessThanOrEqual(Math.max(500, 1.5001 * before));
        expect(pace.slowAfterMs).toBeGreaterThanOrEqual(
          Math.min(before, Math.max(500, (7 / 8) * before)) - 1e-6,
        );
        for (let grant = 0; grant < 300; grant++) pace.ended(ms);
        expect(pace.isSlow(ms)).toBe(false);
        expect(pace.isSlow(Math.max(501, 6 * ms))).toBe(true);
      }),
    );
  });
});
