import { describe, expect, it } from 'vitest';
import { labPlanOf } from '../../../../src/bench/executors/local/lab-plan.ts';
import { BEST_POLICIES } from '../../../../src/engine/swarm/swarm-client.ts';
import { aRun } from '../a-run.ts';
import { aLabScenario } from './a-lab.ts';

const planOf = (changes: Record<string, unknown>, randomSeed = 1) =>
  labPlanOf(aRun({ source: 'local', scenario: aLabScenario(changes), machines: 4, randomSeed }));

describe('the plan of a lab', () => {
  it('powers all machines on at once, with their links, and kills none', () => {
    const link = { upBps: 8 * 2 ** 20, downBps: 8 * 2 ** 20 };
    expect(planOf({}).machines).toEqual(
      ['m001', 'm002', 'm003', 'm004'].map((name) => ({
        name,
        site: 'lab',
        link,
        powerOnMs: 0,
        joinsAfterMs: 0,
        killedAfterMs: Infinity,
        backAfterMs: Infinity,
        linkChanges: [],
        roomBytes: Infinity,
      })),
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

  it('fills the disks of the first machines, where the image is larger', () => {
    const roomOf = (after: string) =>
      planOf({ faults: [{ full: 2, after }] }).machines.map(({ roomBytes }) => roomBytes);
    expect(roomOf('1 MiB')).toEqual([2 ** 20, 2 ** 20, Infinity, Infinity]);
    expect(roomOf('1 TiB')).toEqual(Array(4).fill(Infinity));
  });

  it('stops the server for a time and the tracker for good', () => {
    const faults = [
      { stop: 'server', at: '3 s', for: '2 s' },
      { stop: 'tracker', at: '4 s' },
    ];
    expect(planOf({ faults }).serverStops).toEqual([
      { part: 'server', atS: 3, forS: 2 },
      { part: 'tracker', atS: 4, forS: Infinity },
    ]);
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

  it('powers a machine on again so long after it was killed', () => {
    const { machines } = planOf({ faults: [{ kill: 1, at: '3 s', back: '20 s' }] });
    expect(machines.map(({ killedAfterMs }) => killedAfterMs)).toEqual([Infinity, Infinity, Infinity, 3000]);
    expect(machines.map(({ backAfterMs }) => backAfterMs)).toEqual([Infinity, Infinity, Infinity, 23_000]);
  });

  it('lets the last machines join later, and kills the last of the others', () => {
    const faults = [
      { kill: 1, at: '3 s' },
      { join: 2, at: '5 s' },
    ];
    const { machines } = planOf({ faults });
    expect(machines.map(({ joinsAfterMs }) => joinsAfterMs)).toEqual([0, 0, 5000, 5000]);
    expect(machines.map(({ killedAfterMs }) => killedAfterMs)).toEqual([Infinity, 3000, Infinity, Infinity]);
  });

  it('lets the seeder leave after so many copies, and else never', () => {
    expect(planOf({}).seederLeavesAfterCopies).toBe(Infinity);
    expect(planOf({ faults: [{ seederLeaves: 1.5 }] }).seederLeavesAfterCopies).toBe(1.5);
  });

  it('casts to all machines just below the slowest link, or at the rate of the scenario', () => {
    const castingOf = (multicast: unknown, faults: unknown[] = []) =>
      labPlanOf(
        aRun({ transport: 'multicast', scenario: aLabScenario({ transports: { multicast }, faults }) }),
      ).casting!;
    expect(castingOf({})).toEqual({
      receivers: 4,
      rateBps: 0.995 * 8 * 2 ** 20,
      packetBytes: 1456,
      dropAfterS: 11,
    });
    expect(castingOf({}, [{ slow: 1, to: '1 MiB/s' }]).rateBps).toBe(0.995 * 2 ** 20);
    expect(castingOf({ rate: '1 MB/s', packet: '1000 B', dropAfter: '20 s' })).toMatchObject({
      rateBps: 1e6,
      packetBytes: 1000,
      dropAfterS: 20,
    });
    expect(planOf({}).casting).toBeNull();
  });

  it('hands out by site where there are several, else evenly, and as the scenario says', () => {
    const wan = { up: '1 MiB/s' };
    const network = {
      server: wan,
      machine: wan,
      sites: [
        { name: 'near', machines: 0.5, wan },
        { name: 'far', machines: 0.5, wan },
      ],
    };
    expect(planOf({}).handout).toBe('regular');
    expect(planOf({ network }).handout).toBe('sites');
    expect(planOf({ network, transports: { p2p: { handout: 'random' } } }).handout).toBe('random');
    expect(labPlanOf(aRun({ transport: 'chain', scenario: aLabScenario({ network }) })).handout).toBe(
      'chain',
    );
    expect(planOf({ network }).serverSite).toBe('near');
    expect(planOf({ network }).machines.map(({ site }) => site)).toEqual(['near', 'near', 'far', 'far']);
  });

  it('takes the slots of the swarm from the scenario', () => {
    const plan = planOf({ transports: { p2p: { uploadSlots: 6, seederSlots: 2, neighbours: 9 } } });
    expect(plan).toMatchObject({ uploadSlots: 6, seederSlots: 2, neighbours: 9 });
  });

  it('has in a chain a place for the server beside the machine before, as its order may change', () => {
    expect(labPlanOf(aRun({ transport: 'chain' })).neighbours).toBe(2);
  });

  it('takes the policies of our client from the scenario', () => {
    const policies = {
      picker: 'sampled',
      randomFirst: 3,
      choker: 'classic',
      seeder: 'superseed',
      pipeline: 'measured',
    } as const;
    expect(planOf({ transports: { p2p: policies } }).policies).toMatchObject(policies);
    expect(planOf({}).policies).toEqual(BEST_POLICIES);
    expect(labPlanOf(aRun({ transport: 'chain' })).policies.crossing).toBe('free');
  });
});
