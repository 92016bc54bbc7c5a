import { array, assert, double, integer, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unicastTogetherS, unicastWavesS } from '../../../src/sim/theory/unicast.ts';

/** Max-min fair sharing of one uplink, flow by flow until the last one is done. */
function sharedUplinkS(wireBytes: number, upBps: number, downBps: readonly number[]): number {
  let active = downBps.map((limit) => ({ limit, left: wireBytes }));
  let now = 0;
  while (active.length > 0) {
    let spare = upBps;
    const bySlowest = active.toSorted((a, b) => a.limit - b.limit);
    const rates = bySlowest.map(({ limit }, index) => {
      const rate = Math.min(limit, spare / (bySlowest.length - index));
      spare -= rate;
      return rate;
    });
    const stepS = Math.min(...bySlowest.map(({ left }, index) => left / rates[index]!));
    now += stepS;
    active = bySlowest
      .map(({ limit, left }, index) => ({ limit, left: left - rates[index]! * stepS }))
      .filter(({ left }) => left > wireBytes * 1e-9);
  }
  return now;
}

describe('unicast, all together', () => {
  it('waits for the slowest download as long as the uplink is not full', () => {
    expect(unicastTogetherS({ wireBytes: 60, seederUpBps: 10, downBps: [1, 10, 20] })).toBe(60);
  });

  it('takes n copies over the uplink when it is full', () => {
    expect(unicastTogetherS({ wireBytes: 60, seederUpBps: 10, downBps: Array(20).fill(10) })).toBe(120);
  });

  it('is what max-min sharing gives over links of any rate', () => {
    const rate = double({ min: 1, max: 100, noNaN: true });
    const scenarios = record({ seederUpBps: rate, downBps: array(rate, { minLength: 1, maxLength: 12 }) });
    assert(
      property(scenarios, ({ seederUpBps, downBps }) => {
        const shared = sharedUplinkS(60, seederUpBps, downBps);
        expect(unicastTogetherS({ wireBytes: 60, seederUpBps, downBps }) / shared).toBeCloseTo(1, 6);
      }),
    );
  });
});

describe('unicast in waves', () => {
  const links = { wireBytes: 60, seederUpBps: 10, downBps: 5 };

  it('adds a smaller last wave for the machines that are left', () => {
    expect(unicastWavesS({ ...links, machines: 7, wave: 3 })).toBe(2 * 18 + 12);
    expect(unicastWavesS({ ...links, machines: 6, wave: 3 })).toBe(2 * 18);
  });

  it('is all together when one wave holds everyone', () => {
    const together = unicastTogetherS({ ...links, downBps: Array(7).fill(5) });
    expect(unicastWavesS({ ...links, machines: 7, wave: 7 })).toBe(together);
    expect(unicastWavesS({ ...links, machines: 7, wave: 100 })).toBe(together);
  });

  it('is never faster than all together', () => {
    const plans = record({ machines: integer({ min: 1, max: 200 }), wave: integer({ min: 1, max: 200 }) });
    assert(
      property(plans, ({ machines, wave }) => {
        const together = unicastTogetherS({ ...links, downBps: Array(machines).fill(5) });
        expect(unicastWavesS({ ...links, machines, wave })).toBeGreaterThanOrEqual(together * (1 - 1e-12));
      }),
    );
  });
});
