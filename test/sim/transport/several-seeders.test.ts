import { describe, expect, it } from 'vitest';
import { simulate } from '../../../src/sim/simulate.ts';
import { aModel, aSwarm, aUnicast, LINK_BPS, PIECE_BYTES, someMachines } from '../a-model.ts';
import { doneTimes, failures, makespanS } from '../readings.ts';

const UPLINK = { upBps: LINK_BPS, downBps: Infinity };
const SEEDER = { link: UPLINK, site: 0 };
const ONE_AT_A_TIME = aSwarm({ uploadSlots: 1, seederSlots: 1 });

describe('a seeder beside the server', () => {
  it('sends one half of the image to a machine alone, and the server the other', () => {
    const model = aModel({ machines: 1, pieces: 8, seeders: [SEEDER], transport: ONE_AT_A_TIME });
    const result = simulate(model, 1);
    expect(makespanS(result)).toBe(4);
    expect(result.machines[0]!.receivedFrom).toEqual(
      new Map([
        [0, 4 * PIECE_BYTES],
        [2, 4 * PIECE_BYTES],
      ]),
    );
    expect(result.serverUploadedBytes).toBe(4 * PIECE_BYTES);
    expect(result.seedersUploadedBytes).toEqual([4 * PIECE_BYTES]);
  });

  it('lets one piece grow from so many sources: two serve two, and these four serve four', () => {
    const model = aModel({ machines: 6, pieces: 1, seeders: [SEEDER], transport: ONE_AT_A_TIME });
    expect(doneTimes(simulate(model, 1)).sort()).toEqual([1, 1, 2, 2, 2, 2]);
  });

  it('sends no faster than its own link', () => {
    const link = { upBps: LINK_BPS / 3, downBps: Infinity };
    const seeders = [{ link, site: 0 }];
    const model = aModel({ machines: 1, pieces: 8, seeders, transport: ONE_AT_A_TIME });
    expect(makespanS(simulate(model, 1))).toBe(6);
  });

  it('reads from its disk as a machine does, and the server from memory', () => {
    const model = aModel({
      machines: 1,
      pieces: 8,
      seeders: [SEEDER],
      disk: { readBps: LINK_BPS / 3 },
      transport: ONE_AT_A_TIME,
    });
    expect(makespanS(simulate(model, 1))).toBe(6);
  });

  it('serves its own site, so that nothing of the image crosses the WAN', () => {
    const wan = { upBps: LINK_BPS / 1000, downBps: LINK_BPS / 1000 };
    const sites = ['home', 'branch'].map((name) => ({ name, wan }));
    const branch = (seeders: (typeof SEEDER)[]) =>
      simulate(
        aModel({
          machines: [{ site: 1 }],
          sites,
          pieces: 8,
          seeders,
          transport: aSwarm({ handout: 'sites', uploadSlots: 1 }),
        }),
        1,
      );
    expect(makespanS(branch([]))).toBe(8000);
    const own = branch([{ link: UPLINK, site: 1 }]);
    expect(makespanS(own)).toBe(8);
    expect(own.serverUploadedBytes).toBe(0);
  });

  it('serves to the end when the server has left the swarm', () => {
    const model = aModel({ pieces: 8, seeders: [SEEDER], seederLeavesAfterBytes: PIECE_BYTES });
    const result = simulate(model, 1);
    expect(failures(result)).toEqual([null, null, null, null]);
    expect(failures(simulate({ ...model, seeders: [] }, 1))).not.toContain(null);
  });

  it.each(['dealing', 'superseed', 'plain'] as const)(
    'is worth its uplink, whatever the server’s policy: %s',
    (seeder) => {
      const ratio = (seeders: number) => {
        const model = aModel({
          machines: 20,
          pieces: 256,
          seeders: Array.from({ length: seeders }, () => SEEDER),
          transport: aSwarm({ neighbours: 24, seeder }),
        });
        return makespanS(simulate(model, 1)) / ((20 * 256) / (21 + seeders));
      };
      for (const seeders of [1, 2, 3]) expect(ratio(seeders)).toBeLessThan(1.05);
    },
  );

  it.each([0, 1, 2, 3, 7])('crowds nobody out where connections are few: %d', (seeders) => {
    const model = aModel({
      machines: 40,
      pieces: 128,
      seeders: Array.from({ length: seeders }, () => SEEDER),
      transport: aSwarm({ neighbours: 24, mostConnections: 8, announceS: 6.4 }),
    });
    const { machines } = simulate(model, 1);
    // The server has room for everybody: who knows nobody else takes forty times as long as its link needs.
    expect(machines.every(({ receivedFrom }) => receivedFrom!.size > 1)).toBe(true);
    expect(Math.max(...machines.map(({ doneS }) => doneS!))).toBeLessThan(2 * 128);
  });

  it('is refused where it would serve nobody', () => {
    const model = aModel({ seeders: [SEEDER], transport: aUnicast() });
    expect(() => simulate(model, 1)).toThrow('seeders: found 1, allowed is none');
    const elsewhere = aModel({ seeders: [{ ...SEEDER, site: 3 }] });
    expect(() => simulate(elsewhere, 1)).toThrow('seeders[0].site: found 3, allowed is the index of a site');
  });

  it('outlives machines that leave', () => {
    const machines = someMachines(6, 3, { diesAfterS: 3 });
    const result = simulate(aModel({ machines, pieces: 8, seeders: [SEEDER, SEEDER] }), 1);
    expect(failures(result).slice(3)).toEqual([null, null, null]);
  });
});
