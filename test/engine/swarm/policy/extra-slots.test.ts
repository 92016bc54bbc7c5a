import { describe, expect, it } from 'vitest';
import { ExtraSlots } from '../../../../src/engine/swarm/policy/extra-slots.ts';

describe('extra slots', () => {
  it('are one after two seconds, one more after twice as long each, up to as many as there are to be', () => {
    const extra = new ExtraSlots(3);
    const counts = [2000, 2001, 4000, 4001, 8001, 1e9].map((ms) => {
      extra.lasts(ms);
      return extra.count;
    });
    expect(counts).toEqual([0, 1, 1, 2, 3, 3]);
    expect(extra.afterMs).toBe(Number.POSITIVE_INFINITY);
  });

  it('are gone when a grant has come to its end', () => {
    const extra = new ExtraSlots(3);
    expect(extra.lasts(2001)).toBe(true);
    extra.ended();
    expect(extra.count).toBe(0);
  });
});
