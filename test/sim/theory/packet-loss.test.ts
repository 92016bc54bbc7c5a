import { assert, double, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectedRounds, expectedTransmissions } from '../../../src/sim/theory/packet-loss.ts';

const LOSSES = [0.001, 0.01, 0.05] as const;

/** Inclusion and exclusion: `sum_j (-1)^(j+1) C(n, j)/(1 - p^j)`; exact for few machines, useless for many. */
function byInclusionExclusion(machines: number, loss: number): number {
  let sum = 0;
  let choose = 1;
  for (let j = 1; j <= machines; j += 1) {
    choose *= (machines - j + 1) / j;
    sum += ((j % 2 === 1 ? 1 : -1) * choose) / (1 - loss ** j);
  }
  return sum;
}

describe('expected transmissions of a packet', () => {
  it.each([
    [20, [1.02, 1.184, 1.693]],
    [100, [1.095, 1.644, 2.229]],
    [1000, [1.633, 2.096, 3.042]],
  ])('for n = %i and p = .001, .01, .05 are %j', (machines, expected) => {
    const found = LOSSES.map((loss) => Number(expectedTransmissions(machines, loss).toFixed(3)));
    expect(found).toEqual(expected);
  });

  it('are 1/(1 - p) for one machine', () => {
    assert(
      property(double({ min: 0, max: 0.99, noNaN: true }), (loss) => {
        expect(expectedTransmissions(1, loss) * (1 - loss)).toBeCloseTo(1, 12);
      }),
    );
  });

  it('are the alternating sum of inclusion and exclusion for few machines', () => {
    for (const loss of LOSSES) {
      for (const machines of [2, 3, 8]) {
        expect(expectedTransmissions(machines, loss)).toBeCloseTo(byInclusionExclusion(machines, loss), 12);
      }
    }
  });

  it('are 1 without loss', () => {
    expect(expectedTransmissions(100_000, 0)).toBe(1);
  });

  // References: the same sums with 60 decimal digits.
  it.each([
    [100_000, 0.01, 3.096126851103698],
    [1000, 0.5, 11.299252697279202],
    [100_000, 0.9, 115.25025586556492],
  ])('for n = %i and p = %d are %d to 13 digits', (machines, loss, reference) => {
    expect(expectedTransmissions(machines, loss) / reference).toBeCloseTo(1, 13);
  });

  it('see a loss so small that 1 - p is 1 in double precision', () => {
    expect((expectedTransmissions(100_000, 1e-18) - 1) / 1e-13).toBeCloseTo(1, 2);
    expect((expectedTransmissions(100_000, 1e-9) - 1) / 1e-4).toBeCloseTo(1, 3);
  });

  it('grow with the machines and with the loss', () => {
    const loss = double({ min: 0.001, max: 0.9, noNaN: true });
    assert(
      property(integer({ min: 1, max: 50_000 }), loss, (machines, p) => {
        const sent = expectedTransmissions(machines, p);
        expect(expectedTransmissions(2 * machines, p)).toBeGreaterThan(sent);
        expect(expectedTransmissions(machines, p * 1.1)).toBeGreaterThan(sent);
      }),
    );
  });
});

describe('expected rounds of a session', () => {
  it.each([
    [1, [2.63, 3.64, 5.28]],
    [20, [3.02, 4.18, 6.28]],
  ])('for a million packets, n = %i and p = .001, .01, .05 are %j', (machines, expected) => {
    const found = LOSSES.map((loss) => Number(expectedRounds(machines, 1e6, loss).toFixed(2)));
    expect(found).toEqual(expected);
  });

  // References: the same sums with 60 decimal digits.
  it.each([
    [0.05, 9.956_337_094_232_47],
    [0.001, 4.633_121_059_995_876],
  ])('for n K = 1e12 and p = %d are %d to 13 digits', (loss, reference) => {
    expect(expectedRounds(100_000, 1e7, loss) / reference).toBeCloseTo(1, 13);
  });

  it('are the transmissions when the session has one packet', () => {
    expect(expectedRounds(20, 1, 0.05)).toBe(expectedTransmissions(20, 0.05));
  });
});
