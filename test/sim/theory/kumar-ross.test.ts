import { array, assert, double, property, record, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientServerBoundS, peerToPeerBoundS } from '../../../src/sim/theory/kumar-ross.ts';
import { mundingerS } from '../../../src/sim/theory/mundinger.ts';

/** The textbook case in bytes: F = 15 Gbit, u_s = 30 Mbit/s, d = 2 Mbit/s. */
const MBIT = 1e6 / 8;
const textbook = (machines: number) => ({
  wireBytes: 15_000 * MBIT,
  seederUpBps: 30 * MBIT,
  downBps: Array<number>(machines).fill(2 * MBIT),
});

const rate = () => double({ min: 1, max: 1000, noNaN: true });

describe('Kumar and Ross', () => {
  it.each([
    [10, 7500],
    [100, 50_000],
    [1000, 500_000],
  ])('client-server with n = %i takes %i s', (machines, seconds) => {
    expect(clientServerBoundS(textbook(machines))).toBeCloseTo(seconds, 6);
  });

  it.each([
    [10, 0.5, 7500],
    [10, 1, 7500],
    [10, 2, 7500],
    [100, 0.5, 18_750],
    [100, 1, 11_538.5],
    [100, 2, 7500],
    [1000, 0.5, 28_302],
    [1000, 1, 14_563],
    [1000, 2, 7500],
  ])('peer to peer with n = %i and u = %d Mbit/s takes %d s', (machines, upMbit, seconds) => {
    const upBps = Array<number>(machines).fill(upMbit * MBIT);
    const bound = peerToPeerBoundS({ ...textbook(machines), upBps });
    expect(Math.abs(bound - seconds)).toBeLessThanOrEqual(0.5);
  });

  it('is client-server where no machine uploads', () => {
    const links = textbook(100);
    expect(peerToPeerBoundS({ ...links, upBps: Array(100).fill(0) })).toBe(clientServerBoundS(links));
  });

  it('is F/u_s for any number of machines when nothing else limits', () => {
    for (const machines of [1, 20, 1000]) {
      const unlimited = Array<number>(machines).fill(Infinity);
      const bound = peerToPeerBoundS({ wireBytes: 60, seederUpBps: 2, upBps: unlimited, downBps: unlimited });
      expect(bound).toBe(30);
    }
  });

  it('is governed by the slowest download', () => {
    const links = { wireBytes: 60, seederUpBps: 10, upBps: [10, 10, 10], downBps: [Infinity, 3, 20] };
    expect(peerToPeerBoundS(links)).toBe(20);
  });

  it('is never above client-server, and never lower with a slower seeder', () => {
    const scenarios = record({
      wireBytes: rate(),
      seederUpBps: rate(),
      machines: array(tuple(rate(), rate()), { minLength: 1, maxLength: 30 }),
    });
    assert(
      property(scenarios, ({ wireBytes, seederUpBps, machines }) => {
        const upBps = machines.map(([up]) => up);
        const links = { wireBytes, seederUpBps, downBps: machines.map(([, down]) => down) };
        const bound = peerToPeerBoundS({ ...links, upBps });
        expect(bound).toBeLessThanOrEqual(clientServerBoundS(links));
        const slower = peerToPeerBoundS({ ...links, upBps, seederUpBps: seederUpBps / 2 });
        expect(slower).toBeGreaterThanOrEqual(bound);
      }),
    );
  });

  it('is never above Mundinger where links are equal', () => {
    for (const machines of [1, 2, 7, 20, 1000]) {
      const equal = Array<number>(machines).fill(1);
      const fluid = peerToPeerBoundS({ wireBytes: 60, seederUpBps: 1, upBps: equal, downBps: equal });
      expect(fluid).toBeLessThanOrEqual(mundingerS({ wireBytes: 60, pieces: 60, machines, linkBps: 1 }));
    }
  });
});
