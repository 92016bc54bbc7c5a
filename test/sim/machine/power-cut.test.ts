import { array, assert, constantFrom, integer, nat, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TransportModel } from '../../../src/sim/deployment-model.ts';
import { RecentPieces } from '../../../src/sim/machine/recent-pieces.ts';
import { simulate } from '../../../src/sim/simulate.ts';
import { aChain, aModel, aMulticast, aSwarm, aUnicast, LINK_BPS, PIECE_BYTES } from '../a-model.ts';
import { anyFailures, anyMachineWithFaults, anyPolicies } from '../any-model.ts';
import { doneTimes, failures, makespanS } from '../readings.ts';
import { aBoot, wait } from './a-boot.ts';

type Wishes = Parameters<typeof aModel>[0];

/** One piece at a time, so that what has arrived is whole but for one. */
const ONE_BY_ONE = aSwarm({ seederSlots: 1 });
const STARTS_OVER: TransportModel = { ...aUnicast(), startsOver: true };
const TRANSPORTS = [ONE_BY_ONE, aUnicast(), aChain()];

/** One machine whose power is cut after 3.5 of its 8 pieces, for ten seconds. */
function cutOnce(wishes: Wishes) {
  const result = simulate(aModel({ machines: [{ diesAfterS: 3.5, comesBackAfterS: 10 }], ...wishes }), 1);
  return { result, ...result.machines[0]! };
}

describe('a machine that comes back', () => {
  it.each(TRANSPORTS)('goes on with the pieces that it had: $transport', (transport) => {
    const { doneS, downloadedBytes, failure, result } = cutOnce({ transport });

    expect(doneS).toBe(13.5 + 5);
    expect(failure).toBeNull();
    expect(downloadedBytes).toBe(8 * PIECE_BYTES);
    expect(result.wastedBytes).toBe(0.5 * PIECE_BYTES);
  });

  it('gets everything anew where its programs look at no disk', () => {
    const { doneS, downloadedBytes, result } = cutOnce({
      transport: STARTS_OVER,
      disk: { readBps: LINK_BPS },
    });

    expect(doneS).toBe(13.5 + 8);
    expect(downloadedBytes).toBe(8 * PIECE_BYTES);
    expect(result.wastedBytes).toBe(3.5 * PIECE_BYTES);
  });

  it.each(TRANSPORTS)('goes through its phases again, and reads its disk: $transport', (transport) => {
    const phases = { boot: 4, register: 2, metainfo: 1, partition: 3, finish: 5 };
    const { phases: clock, poweredOnS } = cutOnce({ transport, phases, disk: { readBps: 2 * LINK_BPS } });

    // The first download began at 10; the power came back at 23.5.
    expect(poweredOnS).toBe(0);
    expect(clock).toEqual({
      boot: [23.5, 27.5],
      register: [27.5, 29.5],
      metainfo: [29.5, 30.5],
      partition: [30.5, 33.5],
      scan: [33.5, 37.5],
      download: [37.5, 42.5],
      finish: [42.5, 47.5],
    });
  });

  it('boots from the server again, and a step that it was in does not go on', () => {
    const boot = aBoot([wait(6)]);
    const early = { diesAfterS: 2, comesBackAfterS: 1 };
    const arrival = { kind: 'staggered', intervalS: 5 } as const;
    const model = aModel({ machines: [{}, early], boot, arrival, transport: aUnicast() });

    // Powered on at 5, killed at 8, powered on at 9, booted at 15 and not at 11.
    expect(simulate(model, 1).machines[1]!.phases.boot).toEqual([9, 15]);
  });

  it.each([...TRANSPORTS, STARTS_OVER])(
    'that was killed before it was there comes when it would have come: $transport',
    (transport) => {
      const machines = [{}, { diesAfterS: 1, comesBackAfterS: 2 }];
      const arrival = { kind: 'staggered', intervalS: 20 } as const;
      const result = simulate(aModel({ machines, arrival, transport }), 1);

      expect(failures(result)).toEqual([null, null]);
      expect(result.machines[1]!.phases.download![0]).toBe(20);
    },
  );

  it.each(TRANSPORTS)('downloads nothing again when its image was whole: $transport', (transport) => {
    const machines = [{ diesAfterS: 10, comesBackAfterS: 6 }];
    const disk = { isReadBack: true, readBps: LINK_BPS };
    const result = simulate(aModel({ machines, disk, transport }), 1);

    // The read-back, which began at 8, does not hold up the disk while it scans from 16 to 24.
    expect(doneTimes(result)).toEqual([16 + 8 + 8]);
    expect(result.serverUploadedBytes).toBe(8 * PIECE_BYTES);
  });

  it('does not queue for a stream of which it needs nothing', () => {
    const machines = [{ diesAfterS: 10, comesBackAfterS: 1 }, {}, {}];
    const disk = { isReadBack: true, readBps: LINK_BPS };
    const result = simulate(aModel({ machines, disk, transport: aUnicast(1) }), 1);

    // It scans from 11 to 19 and reads back until 27, while the third is served from 16 to 24.
    expect(doneTimes(result)).toEqual([27, 24, 32]);
  });

  it('has got the image in vain when it was whole, where its programs look at no disk', () => {
    const machines = [{ diesAfterS: 10, comesBackAfterS: 6 }];
    const disk = { isReadBack: true, readBps: LINK_BPS };
    const result = simulate(aModel({ machines, disk, transport: STARTS_OVER }), 1);

    expect(doneTimes(result)).toEqual([16 + 8 + 8]);
    expect(result.machines[0]!.downloadedBytes).toBe(8 * PIECE_BYTES);
    expect(result.wastedBytes).toBe(8 * PIECE_BYTES);
  });

  it.each(TRANSPORTS)('keeps what was stored to be written afterwards: $transport', (transport) => {
    const { doneS } = cutOnce({ transport, disk: { isSerialWrite: true, writeBps: LINK_BPS } });

    expect(doneS).toBe(13.5 + 5 + 8);
  });

  it('serves its neighbours again with what it has, where the seeder has left', () => {
    const result = simulate(
      aModel({
        machines: [{ diesAfterS: 9, comesBackAfterS: 10 }, { joinsAfterS: 30 }],
        seederLeavesAfterBytes: 8 * PIECE_BYTES,
        phases: { finish: 100 },
      }),
      1,
    );

    expect(failures(result)).toEqual([null, null]);
    expect(result.machines[1]!.receivedFrom).toEqual(new Map([[1, 8 * PIECE_BYTES]]));
  });

  it('has nothing in memory: what it serves it has to read first', () => {
    const disk = { recentBytes: Infinity, readBps: LINK_BPS / 2 };
    const served = (machine: object) =>
      simulate(
        aModel({
          machines: [machine, { joinsAfterS: 30 }],
          seederLeavesAfterBytes: 8 * PIECE_BYTES,
          phases: { finish: 100 },
          disk,
        }),
        1,
      ).machines[1]!.phases.download;

    expect(served({})).toEqual([30, 38]);
    // Powered on at 19, it scans its disk for 16 s.
    expect(served({ diesAfterS: 9, comesBackAfterS: 10 })).toEqual([30, 35 + 16]);
  });

  it('connects anew in a chain, though it was about to be connected', () => {
    const machines = [{}, { diesAfterS: 2, comesBackAfterS: 1 }];
    const result = simulate(aModel({ machines, transport: aChain(4) }), 1);

    // Its hop would have been there at 5; it is there four seconds after the power.
    expect(doneTimes(result)).toEqual([8, 3 + 4 + 8]);
  });

  it('brings a chain to a halt until then, and the machines behind it go on', () => {
    const machines = [{}, { diesAfterS: 4.5, comesBackAfterS: 10 }, {}];
    const { machines: results } = simulate(aModel({ machines, transport: aChain(1) }), 1);

    // It had two pieces and half of the third; the one behind it half of the first. Hops are set up again at 15.5.
    expect(results.map(({ doneS }) => doneS)).toEqual([8, 15.5 + 6, 15.5 + 8]);
  });

  it('is waited for by a chain that has not begun', () => {
    const machines = [{}, { diesAfterS: 5, comesBackAfterS: 10 }, {}];
    const arrival = { kind: 'staggered', intervalS: 6 } as const;
    const result = simulate(aModel({ machines, arrival, transport: aChain() }), 1);

    expect(doneTimes(result)).toEqual([15 + 8, 15 + 9, 15 + 10]);
  });

  it('makes nobody wait for ever: all finish where everybody comes back, whatever the policies are', () => {
    const swarms = record({
      machines: integer({ min: 1, max: 10 }),
      diesAfterS: integer({ min: 0, max: 160 }).map((tenths) => tenths / 10),
      comesBackAfterS: constantFrom(0.5, 7, 40),
      neighbours: constantFrom(2, 4, 50),
      policies: record(anyPolicies),
      latencyS: constantFrom(0, 0.125),
      randomSeed: nat(),
    });
    assert(
      property(swarms, ({ machines, diesAfterS, comesBackAfterS, neighbours, policies, ...wishes }) => {
        const fleet = Array.from({ length: machines }, (_, place) => ({
          diesAfterS: diesAfterS + place / 4,
          comesBackAfterS,
        }));
        const transport = aSwarm({ ...policies, neighbours });
        const model = aModel({ machines: fleet, transport, latencyS: wishes.latencyS });
        expect(makespanS(simulate(model, wishes.randomSeed))).toBeLessThan(Infinity);
      }),
      { numRuns: 400 },
    );
  });

  it('is refused where the model says nothing of it', () => {
    const machines = [{}, { diesAfterS: 1, comesBackAfterS: 1 }];
    const refusal = (wishes: Wishes) => () => simulate(aModel({ machines, ...wishes }), 1);

    expect(refusal({ transport: aMulticast() })).toThrow('machines[1].comesBackAfterS: found 1');
    expect(refusal({ disk: { dirtyBytes: 1 } })).toThrow('machines[1].comesBackAfterS: found 1');
    expect(refusal({ machines: [{ comesBackAfterS: 0 }] })).toThrow('machines[0].comesBackAfterS: found 0');
  });
});

describe('a machine without power', () => {
  it('does nothing until it is powered on, whenever it is killed', () => {
    const deployments = record({
      machines: array(anyMachineWithFaults, { minLength: 1, maxLength: 6 }),
      arrival: record({
        kind: constantFrom('staggered' as const, 'poisson' as const),
        intervalS: constantFrom(0.5, 9),
      }),
      failures: anyFailures,
      transport: constantFrom(...TRANSPORTS),
      randomSeed: nat(),
    });
    assert(
      property(deployments, ({ randomSeed, machines, transport, ...wishes }) => {
        const on = new Set<number>();
        const isFullKnown = transport.transport !== 'chain';
        const fleet = isFullKnown ? machines : machines.map(({ roomBytes: _, ...machine }) => machine);
        simulate(aModel({ machines: fleet, transport, ...wishes }), randomSeed, ({ kind, machine }) => {
          if (kind !== 'died') expect(on.has(machine)).toBe(kind !== 'poweredOn');
          if (kind === 'poweredOn') on.add(machine);
          if (kind === 'died' || kind === 'failed') on.delete(machine);
        });
      }),
      { numRuns: 400 },
    );
  });
});

describe('pieces in memory', () => {
  it.each([2, 8])(
    'are gone with the power, and those that come afterwards are there (room for %i of 4)',
    (room) => {
      const recent = new RecentPieces(room, 4);
      recent.received(1, 0);
      recent.received(2, 0);
      recent.forget(1);
      recent.received(1, 3);

      expect([0, 3].map((piece) => recent.has(1, piece))).toEqual([false, true]);
      expect(recent.has(2, 0)).toBe(true);
    },
  );
});
