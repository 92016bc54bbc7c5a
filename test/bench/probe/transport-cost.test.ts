import { describe, expect, it } from 'vitest';
import { transportCosts } from '../../../src/bench/probe/transport-cost.ts';
import type { MachineResult } from '../../../src/bench/record/run-record.ts';
import { aMachine, aRecord } from '../a-record.ts';

const SIZES = { rawBytes: 3_000_000, rateBps: () => 500_000 };

/** A machine whose download of 1 MB over 0.5 MB/s took so much longer than 2 s. */
function aProbed(lateS: number): MachineResult {
  const doneS = 5 + lateS;
  return aMachine({
    doneS,
    phases: {
      register: [0, 0.5],
      metainfo: [0.5, 1],
      partition: [1, 1.25],
      scan: [1.25, 1.5],
      download: [1.5, 3.5 + lateS],
      verify: [3.5 + lateS, 5 + lateS],
      finish: [5 + lateS, 5 + lateS],
    },
  });
}

const HALF = aRecord({ wireBytes: 500_000, fleet: [aProbed(9)] });

describe('what a transport costs beside its bytes', () => {
  it('has nothing of what it takes to send at a rate of its own', () => {
    const large = [aRecord({ source: 'netns', fleet: [aProbed(2.4)] })];
    // 1 MB over 0.25 MB/s: 4 s of the 4.4.
    const rateBps = () => 250_000;
    const cost = transportCosts({ large, small: [HALF] }, { ...SIZES, rateBps }).costs.get('p2p')!;
    expect(cost.startUp).toBeCloseTo(0.4, 9);
  });

  it('is the median of its runs, phase by phase', () => {
    const large = [0.2, 0.6, 0.4].map((lateS) => aRecord({ source: 'netns', fleet: [aProbed(lateS)] }));

    const cost = transportCosts({ large, small: [HALF] }, SIZES).costs.get('p2p')!;

    expect(cost).toMatchObject({
      register: 0.5,
      metainfo: 0.5,
      partition: 0.5,
      verifyBps: 2_000_000,
      finish: 0,
    });
    expect(cost.startUp).toBeCloseTo(0.4, 9);
  });

  it('takes its times from the larger image and one machine alone', () => {
    const crowd = aRecord({ fleet: [aProbed(7), aProbed(7)] });
    const runs = {
      large: [crowd, aRecord({ fleet: [aProbed(0.2)] })],
      small: [HALF, { ...crowd, wireBytes: 500_000 }],
    };

    expect(transportCosts(runs, SIZES).costs.get('p2p')!.startUp).toBeCloseTo(0.2, 9);
  });

  it('is not known of one whose machine failed, and why that is', () => {
    const failed = aRecord({ transport: 'chain', fleet: [aMachine({ doneS: null })] });
    const large = [failed, aRecord({ fleet: [aProbed(0)] })];

    const { costs, leftOut } = transportCosts({ large, small: [HALF] }, SIZES);

    expect([...costs.keys()]).toEqual(['p2p']);
    expect([...leftOut]).toEqual([['chain', 'm001: the disk is too small']]);
    const without = transportCosts({ large, small: [{ ...HALF, fleet: failed.fleet }] }, SIZES);
    expect([...without.costs.keys()]).toEqual([]);
    expect([...without.leftOut.keys()]).toEqual(['chain', 'p2p']);
  });

  it('is not known of one that none of the few together finished, although one alone did', () => {
    const crowd = aRecord({ fleet: [aProbed(0), aMachine({ machine: 'm002', doneS: null })] });
    const runs = { large: [aRecord({ fleet: [aProbed(0)] }), crowd], small: [HALF] };

    const { costs, leftOut } = transportCosts(runs, SIZES);

    expect([...costs.keys()]).toEqual([]);
    expect([...leftOut]).toEqual([['p2p', 'm002: the disk is too small']]);
  });

  it('is known where one of the repeats finished', () => {
    const failed = aRecord({ fleet: [aMachine({ doneS: null })] });
    const runs = { large: [failed, aRecord({ fleet: [aProbed(0)] })], small: [HALF] };
    expect([...transportCosts(runs, SIZES).costs.keys()]).toEqual(['p2p']);
  });
});
