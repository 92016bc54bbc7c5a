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
