import { describe, expect, it } from 'vitest';
import { multicastBoundS, multicastS } from '../../../src/sim/theory/multicast.ts';
import { expectedRounds, expectedTransmissions } from '../../../src/sim/theory/packet-loss.ts';

const aSession = {
  wireBytes: 1_456_000_000,
  machines: 20,
  loss: 0.01,
  packetBytes: 1456,
  rateBps: 10e6,
  slowestDownBps: Infinity,
  slowestWriteBps: Infinity,
};

describe('multicast', () => {
  it('sends every byte E[tx] times', () => {
    expect(multicastS(aSession)).toBeCloseTo(145.6 * expectedTransmissions(20, 0.01), 9);
  });

  it('adds the wait once and the round time between the rounds', () => {
    const overhead = multicastS({ ...aSession, waitS: 30, roundS: 2 }) - multicastS(aSession);
    expect(overhead).toBeCloseTo(30 + 2 * (expectedRounds(20, 1e6, 0.01) - 1), 9);
  });

  it('counts a packet that is not full', () => {
    const session = { ...aSession, wireBytes: 1457, loss: 0.5, roundS: 1e6 };
    const roundsOfTwoPackets = expectedRounds(20, 2, 0.5);
    expect(multicastS(session) / 1e6).toBeCloseTo(roundsOfTwoPackets - 1, 3);
  });

  it('is governed by the slowest of sender, download and disk', () => {
    const atTen = multicastS(aSession);
    expect(multicastS({ ...aSession, slowestDownBps: 5e6 })).toBeCloseTo(2 * atTen, 9);
    expect(multicastS({ ...aSession, slowestWriteBps: 2e6 })).toBeCloseTo(5 * atTen, 9);
  });

  it('meets its lower bound without loss and waiting, for any number of machines', () => {
    for (const machines of [1, 1000]) {
      const session = { ...aSession, machines, loss: 0, slowestDownBps: 4e6 };
      expect(multicastS(session)).toBe(multicastBoundS(aSession.wireBytes, 10e6, 4e6));
    }
  });

  it('has the bound max{F/u_s, F/d_min}', () => {
    expect(multicastBoundS(60, 2, 10)).toBe(30);
    expect(multicastBoundS(60, 10, 2)).toBe(30);
    expect(multicastBoundS(60, 10, Infinity)).toBe(6);
  });
});
