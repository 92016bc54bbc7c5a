import { describe, expect, it } from 'vitest';
import { labPlanOf } from '../../../../src/bench/executors/local/lab-plan.ts';
import { aRun } from '../a-run.ts';
import { aLabScenario } from './a-lab.ts';

const planOf = (changes: Record<string, unknown>, randomSeed = 1) =>
  labPlanOf(aRun({ source: 'local', scenario: aLabScenario(changes), machines: 4, randomSeed }));

describe('the plan of a lab', () => {
  it('powers all machines on at once, with their links, and kills none', () => {
    const link = { upBps: 8 * 2 ** 20, downBps: 8 * 2 ** 20 };
    expect(planOf({}).machines).toEqual(
      ['m001', 'm002', 'm003', 'm004'].map((name) => ({ name, link, powerOnMs: 0, killedAfterMs: Infinity })),
    );
  });

  it('staggers power-ons', () => {
    const { machines } = planOf({ fleet: { machines: [4], start: { staggered: '2 s' } } });
    expect(machines.map(({ powerOnMs }) => powerOnMs)).toEqual([0, 2000, 4000, 6000]);
  });

  it('draws Poisson power-ons from the random seed', () => {
    const times = (randomSeed: number) =>
      planOf({ fleet: { machines: [4], start: { poisson: '2 s' } } }, randomSeed).machines.map(
        ({ powerOnMs }) => powerOnMs,
      );
    expect(times(1)).toEqual(times(1));
    expect(times(1)).not.toEqual(times(2));
    expect(times(1)[0]).toBe(0);
    expect(times(1)).toEqual(times(1).toSorted((a, b) => a - b));
  });

  it('slows the first machines and kills the last', () => {
    const faults = [
      { slow: 1, to: '1 MiB/s' },
      { kill: 2, at: '3 s' },
    ];
    const { machines } = planOf({ faults });
    expect(machines.map(({ link }) => link.upBps / 2 ** 20)).toEqual([1, 8, 8, 8]);
    expect(machines.map(({ killedAfterMs }) => killedAfterMs)).toEqual([Infinity, Infinity, 3000, 3000]);
  });

  it('takes the slots of the swarm from the scenario', () => {
    const plan = planOf({ transports: { p2p: { uploadSlots: 6, seederSlots: 2, neighbours: 9 } } });
    expect(plan).toMatchObject({ uploadSlots: 6, seederSlots: 2, neighbours: 9 });
  });
});
