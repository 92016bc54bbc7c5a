import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completionCurve, thinned } from '../../../src/bench/metrics/completion-curve.ts';
import { aFleet, aRecord } from '../a-record.ts';

describe('the completion curve', () => {
  it('steps up by one machine at each end', () => {
    expect(completionCurve([aRecord({ fleet: aFleet([8, 6, 10, 7]) })])).toEqual([
      { timeS: 0, share: 0 },
      { timeS: 6, share: 0.25 },
      { timeS: 7, share: 0.5 },
      { timeS: 8, share: 0.75 },
      { timeS: 10, share: 1 },
    ]);
  });

  it('takes machines that are done at once in one step', () => {
    expect(completionCurve([aRecord({ fleet: aFleet([5, 5]) })])).toEqual([
      { timeS: 0, share: 0 },
      { timeS: 5, share: 1 },
    ]);
  });

  it('ends below one where machines failed', () => {
    expect(completionCurve([aRecord({ fleet: aFleet([5, null]) })]).at(-1)).toEqual({ timeS: 5, share: 0.5 });
  });

  it('averages over the runs', () => {
    const runs = [aRecord({ fleet: aFleet([2, 4]) }), aRecord({ fleet: aFleet([3, 4]) })];
    expect(completionCurve(runs)).toEqual([
      { timeS: 0, share: 0 },
      { timeS: 2, share: 0.25 },
      { timeS: 3, share: 0.5 },
      { timeS: 4, share: 1 },
    ]);
  });
});

describe('a thinned curve', () => {
  it('keeps the first and the last point, the order, and no more than the limit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 2, max: 200 }), (count, limit) => {
        const points = Array.from({ length: count }, (_, index) => index);
        const kept = thinned(points, limit);
        expect(kept.length).toBe(Math.min(count, limit));
        expect([kept[0], kept.at(-1)]).toEqual([0, count - 1]);
        expect(kept.every((point, index) => index === 0 || point > kept[index - 1]!)).toBe(true);
      }),
    );
  });
});
