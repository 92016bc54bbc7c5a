import fc from 'fast-check';
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

/** What may happen to an uploader: a grant that lasts so long, or one that has come to its end. */
const anyHistory = fc.array(fc.option(fc.nat(1_000_000), { nil: 'ended' as const }), {
  maxLength: 60,
});

function slotsAfter(most: number, history: readonly (number | 'ended')[]): ExtraSlots {
  const extra = new ExtraSlots(most);
  for (const event of history) {
    if (event === 'ended') extra.ended();
    else extra.lasts(event);
  }
  return extra;
}

describe('extra slots, whatever happens', () => {
  const anyMost = fc.nat(8);

  it('are never more than there are to be, and come one by one', () => {
    fc.assert(
      fc.property(anyMost, anyHistory, fc.double({ min: 0, noNaN: true }), (most, history, ms) => {
        const extra = slotsAfter(most, history);
        const before = extra.count;
        const isOneMore = extra.lasts(ms);
        expect(extra.count - before).toBe(isOneMore ? 1 : 0);
        expect(extra.count).toBeGreaterThanOrEqual(0);
        expect(extra.count).toBeLessThanOrEqual(most);
      }),
    );
  });

  it('are no fewer where a grant lasts longer, and take longer each time', () => {
    fc.assert(
      fc.property(
        anyMost,
        anyHistory,
        fc.array(fc.nat(1e6), { minLength: 2, maxLength: 2 }),
        (most, history, both) => {
          const [shorter, longer] = both.sort((a, b) => a - b) as [number, number];
          const [one, other] = [slotsAfter(most, history), slotsAfter(most, history)];
          const untilOneMore = one.afterMs;
          expect(Number(one.lasts(shorter))).toBeLessThanOrEqual(Number(other.lasts(longer)));
          expect(one.afterMs).toBeGreaterThanOrEqual(untilOneMore);
        },
      ),
    );
  });

  it('are all gone when any grant has come to its end', () => {
    fc.assert(
      fc.property(anyMost, anyHistory, (most, history) => {
        expect(slotsAfter(most, [...history, 'ended']).count).toBe(0);
      }),
    );
  });
});
