/** Swarms whose machines look for others, where machines come back, the server is killed and its tracker with it. */
import { type Arbitrary, array, assert, constantFrom, integer, nat, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { P2pModel } from '../../../src/sim/deployment-model.ts';
import { type SimulatedDeployment, simulate } from '../../../src/sim/simulate.ts';
import { aModel, aSwarm, PIECE_BYTES } from '../a-model.ts';
import { anyFailures, anyPolicies, anyServerStops } from '../any-model.ts';
import { doneTimes, failures, finishedTimes, makespanS, sumOf } from '../readings.ts';

/** One piece at a time, so that what has arrived is whole but for one. */
function searching(wishes: Partial<P2pModel>): P2pModel {
  return aSwarm({ seederSlots: 1, ...wishes });
}

const WAYS: readonly Partial<P2pModel>[] = [{ announceS: 5 }, { pexS: 5 }, { mostConnections: 1 }];
const STOPPED = [{ atS: 3.5, forS: 10 }];
const CUT = [{ diesAfterS: 3.5, comesBackAfterS: 10 }];
const LEFT_ALONE = 'the deployment stalled: it has 3 of 8 pieces, and it knows nobody who is there';

describe.each(WAYS)('a machine that comes back to a swarm that looks for peers (%o)', (way) => {
  it('is told of others anew, and goes on with the pieces that it had', () => {
    const result = simulate(aModel({ machines: CUT, transport: searching(way) }), 1);

    expect(doneTimes(result)).toEqual([13.5 + 5]);
    expect(result.wastedBytes).toBe(0.5 * PIECE_BYTES);
    expect(result.machines[0]!.downloadedBytes).toBe(8 * PIECE_BYTES);
  });

  it('is unchoked in the next round of a classic choker', () => {
    const transport = searching({ ...way, choker: 'classic', seeder: 'plain' });

    expect(doneTimes(simulate(aModel({ machines: CUT, transport }), 1))).toEqual([20 + 5]);
  });

  it('finds nobody where the tracker is gone', () => {
    const model = aModel({ machines: CUT, trackerStopsAfterS: 5, transport: searching(way) });

    expect(failures(simulate(model, 1))).toEqual([LEFT_ALONE]);
  });

  it('finds who came meanwhile, and serves it', () => {
    const result = simulate(
      aModel({
        machines: [{ diesAfterS: 9, comesBackAfterS: 10 }, { joinsAfterS: 12 }],
        seederLeavesAfterBytes: 8 * PIECE_BYTES,
        phases: { finish: 100 },
        transport: aSwarm(way),
      }),
      1,
    );

    expect(result.machines[1]!.phases.download).toEqual([12, 19 + 8]);
    expect(result.machines[1]!.receivedFrom).toEqual(new Map([[1, 8 * PIECE_BYTES]]));
  });
});

describe.each(WAYS)('a server that is started again in a swarm that looks for peers (%o)', (way) => {
  it('announces itself, and costs the time that it was away', () => {
    const result = simulate(aModel({ machines: 1, serverStops: STOPPED, transport: searching(way) }), 1);

    expect(doneTimes(result)).toEqual([13.5 + 5]);
    expect(result.serverUploadedBytes).toBe(8.5 * PIECE_BYTES);
  });

  it('holds the next round of a classic choker', () => {
    const transport = searching({ ...way, choker: 'classic', seeder: 'plain' });

    expect(doneTimes(simulate(aModel({ machines: 1, serverStops: STOPPED, transport }), 1))).toEqual([25]);
  });

  it('is found by nobody where the tracker is gone', () => {
    const wishes = { machines: 1, serverStops: STOPPED, trackerStopsAfterS: 5 };

    expect(failures(simulate(aModel({ ...wishes, transport: searching(way) }), 1))).toEqual([LEFT_ALONE]);
  });

  it('has its machines finish whatever its seeder does', () => {
    for (const seeder of ['dealing', 'superseed', 'plain'] as const) {
      const model = aModel({ machines: 8, pieces: 64, transport: aSwarm({ announceS: 5, ...way, seeder }) });
      const stopped = makespanS(simulate({ ...model, serverStops: [{ atS: 20, forS: 100 }] }, 1));

      expect(stopped).toBeGreaterThan(64 + 100);
      expect(stopped).toBeLessThan(1.25 * makespanS(simulate(model, 1)) + 100);
    }
  });
});

describe('a tracker that is killed with its server', () => {
  it('names nobody until it runs again', () => {
    const transport = searching({ mostConnections: 1, announceS: 1 });
    const model = aModel({ machines: 2, transport });
    // Each knows the server alone. Had they been told of each other, they would have had no room for it afterwards.
    const stopped = simulate({ ...model, serverStops: STOPPED }, 1);

    expect(makespanS(stopped)).toBe(13.5 + 2 * 8 - 3);
    expect(stopped.serverUploadedBytes).toBe(16.5 * PIECE_BYTES);
    // Where the seeder alone leaves they are, and have three pieces between them.
    const left = simulate({ ...model, seederLeavesAfterBytes: 3 * PIECE_BYTES }, 1);
    expect(sumOf(left.machines.map(({ uploadedBytes }) => uploadedBytes))).toBe(3 * PIECE_BYTES);
  });

  it('tells of its server whoever asks afterwards', () => {
    const transport = searching({ mostConnections: 1, neighbours: 1, announceS: 30 });
    const result = simulate(aModel({ machines: 2, serverStops: STOPPED, transport }), 1);

    // They have one piece and two. The server finds one of them at 13.5, and the other asks at 30.
    expect([
      [13.5 + 6, 30 + 7],
      [13.5 + 7, 30 + 6],
    ]).toContainEqual(finishedTimes(result));
  });

  it('is asked again when it runs, though its seeder has left for good', () => {
    const transport = aSwarm({ mostConnections: 1, announceS: 10 });
    const model = aModel({ machines: 2, seederLeavesAfterBytes: 8 * PIECE_BYTES, transport });

    // They have four pieces each, and ask ten seconds later.
    const serverStops = [{ atS: 9, forS: 6 }];
    expect(doneTimes(simulate({ ...model, serverStops }, 1))).toEqual([25 + 4, 25 + 4]);
  });

  it('stays gone where it was stopped for good meanwhile', () => {
    const model = aModel({
      machines: [{}, { joinsAfterS: 12 }],
      serverStops: [{ atS: 2, forS: 8 }],
      trackerStopsAfterS: 5,
      transport: searching({ announceS: 1 }),
    });

    expect(failures(simulate(model, 1))).not.toContain(null);
  });
});

describe('a classic choker over links that come and go', () => {
  it('has machines look again that found nobody between two rounds', () => {
    const transport = searching({
      choker: 'classic',
      seeder: 'plain',
      handout: 'random',
      neighbours: 1,
      mostConnections: 1,
      announceS: 1,
    });
    // Back at 4.5 the server finds the first machine and serves nobody until 10. The second is told of either.
    const serverStops = [{ atS: 3.5, forS: 1 }];
    const model = aModel({ machines: [{}, { joinsAfterS: 4 }], pieces: 16, serverStops, transport });
    for (let randomSeed = 1; randomSeed <= 40; randomSeed++)
      expect(makespanS(simulate(model, randomSeed))).toBeLessThan(Infinity);
  });

  it.each(['dealing', 'plain'] as const)('takes about what it takes over fixed ones: %s', (seeder) => {
    const takes = (way: Partial<P2pModel>) => {
      const transport = aSwarm({ choker: 'classic', seeder, neighbours: 24, ...way });
      const times = [1, 2, 3].map((seed) =>
        makespanS(simulate(aModel({ machines: 20, pieces: 128, transport }), seed)),
      );
      return sumOf(times) / 3;
    };

    expect(takes({ announceS: 20 }) / takes({})).toBeGreaterThan(0.9);
    expect(takes({ announceS: 20 }) / takes({})).toBeLessThan(1.1);
  });
});

const swarms = record({
  fleet: array(
    record(
      {
        diesAfterS: integer({ min: 0, max: 200 }).map((tenths) => tenths / 10),
        comesBackAfterS: constantFrom(0.5, 7, 40),
        joinsAfterS: constantFrom(1, 15),
      },
      { requiredKeys: [] },
    ).map(({ comesBackAfterS = 3, ...machine }) => ({ ...machine, comesBackAfterS })),
    { minLength: 1, maxLength: 10 },
  ),
  pieces: integer({ min: 1, max: 16 }),
  serverStops: anyServerStops,
  failures: anyFailures.map((rates) => rates.map((rate) => ({ comesBackAfterS: 5, ...rate }))),
  latencyS: constantFrom(0, 0.125),
  swarm: record({
    uploadSlots: integer({ min: 1, max: 4 }),
    neighbours: constantFrom(1, 2, 4, 50),
    handout: constantFrom('regular' as const, 'random' as const),
    ...anyPolicies,
    announceS: constantFrom(0.5, 3, 20),
  }),
  randomSeed: nat(),
});

/** Chance can do this to any machine; it is an end, too. */
const WORN_OUT = 'it died 100 times by chance';

type AnySwarm = typeof swarms extends Arbitrary<infer Swarm> ? Swarm : never;

function simulated(
  { fleet, swarm, randomSeed, ...wishes }: AnySwarm,
  limits: Partial<P2pModel>,
  trackerStopsAfterS?: number,
): SimulatedDeployment {
  const transport = aSwarm({ ...swarm, ...limits });
  const tracker = trackerStopsAfterS === undefined ? {} : { trackerStopsAfterS };
  return simulate(aModel({ machines: fleet, transport, ...wishes, ...tracker }), randomSeed);
}

describe('random swarms in which everybody comes back', () => {
  it('finish where everybody asks again, is told of all and has room for all', () => {
    assert(
      property(swarms, constantFrom({}, { pexS: 0.5 }, { pexS: 10 }), (swarm, way) => {
        const result = simulated(swarm, { neighbours: 50, ...way });
        for (const failure of failures(result)) expect([null, WORN_OUT]).toContain(failure);
      }),
      { numRuns: 400 },
    );
  });

  it('finish, or each machine that does not says what it lacks, where they are told of few or have few connections', () => {
    assert(
      property(swarms, integer({ min: 1, max: 5 }), (swarm, mostConnections) => {
        const result = simulated(swarm, { mostConnections });
        for (const { doneS, failure } of result.machines)
          if (doneS === null && failure !== WORN_OUT)
            expect(failure).toMatch(/^the deployment stalled: it has \d+ of \d+ pieces, and none/);
        expect(simulated(swarm, { mostConnections })).toEqual(result);
      }),
      { numRuns: 400 },
    );
  });

  it('find the one that chance has kept from them, though nothing happens meanwhile', () => {
    const machines = Array.from({ length: 30 }, (_, place) =>
      place === 29 ? { diesAfterS: 10, comesBackAfterS: 200 } : {},
    );
    const transport = aSwarm({ handout: 'random', neighbours: 24, mostConnections: 6, announceS: 5 });
    const model = aModel({ machines, pieces: 32, seederLeavesAfterBytes: 64 * PIECE_BYTES, transport });
    for (let randomSeed = 1; randomSeed <= 50; randomSeed++)
      expect(failures(simulate(model, randomSeed))).toEqual(Array(30).fill(null));
  });

  it('end, whenever their tracker is gone for good', () => {
    assert(
      property(swarms, integer({ min: 0, max: 30 }), (swarm, trackerStopsAfterS) => {
        const result = simulated(swarm, { pexS: 2 }, trackerStopsAfterS);
        for (const { doneS, failure } of result.machines) expect(doneS === null).toBe(failure !== null);
      }),
      { numRuns: 400 },
    );
  });
});
