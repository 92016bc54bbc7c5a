/** The gates of the simulator that hold for any scenario; those for one model each are in gates.test.ts. */
import {
  array,
  assert,
  constant,
  constantFrom,
  double,
  integer,
  nat,
  oneof,
  property,
  record,
} from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ArrivalModel, DeploymentModel, LinkModel } from '../../src/sim/deployment-model.ts';
import { simulate } from '../../src/sim/simulate.ts';
import { clientServerBoundS, peerToPeerBoundS } from '../../src/sim/theory/kumar-ross.ts';
import { multicastBoundS } from '../../src/sim/theory/multicast.ts';
import { pieceBoundS } from '../../src/sim/theory/mundinger.ts';
import { aModel, aSwarm, LINK_BPS, PIECE_BYTES } from './a-model.ts';
import {
  anyBootAndTcp,
  anyDisk,
  anyFailures,
  anyForwarding,
  anyLink,
  anyMachineWithFaults,
  anyMending,
  anyRate,
  anyServerStops,
  anySite,
  anySize,
  anyTransport,
  limitedOrNot,
  withSources,
} from './any-model.ts';
import { objections } from './network/max-min-certificate.ts';
import { makespanS, sumOf } from './readings.ts';
import { WatchedSwarm } from './transport/watched-swarm.ts';

/** Two double-precision sums of the same thing agree to this share of it. */
const ROUNDING = 1e-12;
const TIMEOUT_MS = 300_000;

/** Bound of the access links, that of Kumar and Ross for the transport or of multicast, and of the switch. */
function linkBoundS(model: DeploymentModel): number {
  const { wireBytes, server, seeders = [], webSeed, machines, transport, sites } = model;
  const downBps = machines.map(({ link }) => link.downBps);
  const source = { wireBytes, seederUpBps: server.upBps, downBps };
  const copyS = wireBytes / sites[0]!.backplaneBps!;
  switch (transport.transport) {
    case 'multicast':
      return Math.max(copyS, multicastBoundS(wireBytes, server.upBps, Math.min(...downBps)));
    case 'unicast':
      return Math.max(machines.length * copyS, clientServerBoundS(source));
    default:
      source.seederUpBps += sumOf(seeders.map(({ link }) => link.upBps)) + (webSeed?.upBps ?? 0);
      return Math.max(
        machines.length * copyS,
        peerToPeerBoundS({ ...source, upBps: machines.map(({ link }) => link.upBps) }),
      );
  }
}

describe('gate 2: no transfer is faster than its lower bound', () => {
  it(
    'of Kumar and Ross, or of multicast, for any links',
    () => {
      const scenarios = record({
        server: anyLink,
        sites: anySite,
        fleet: array(anyLink, { minLength: 1, maxLength: 9 }),
        wireBytes: anySize,
        connectionCapBps: limitedOrNot(anyRate),
        loss: constantFrom(0, 0.05),
        latencyS: constantFrom(0, 0.01),
        disk: anyDisk,
        bootAndTcp: anyBootAndTcp,
        carriers: withSources(anyTransport),
        randomSeed: nat(),
      });
      assert(
        property(scenarios, ({ fleet, randomSeed, wireBytes, bootAndTcp, carriers, ...others }) => {
          const wishes = { ...others, ...carriers };
          const machines = fleet.map((link: LinkModel) => ({ link }));
          const model = aModel({ machines, wireBytes, rawBytes: wireBytes, ...bootAndTcp, ...wishes });
          const transferS = makespanS(simulate(model, randomSeed));
          expect(transferS).toBeGreaterThanOrEqual(linkBoundS(model) * (1 - ROUNDING));
          expect(transferS).toBeLessThan(Infinity);
        }),
        { numRuns: 1000 },
      );
    },
    TIMEOUT_MS,
  );

  it(
    'of Mundinger, Weber and Weiss for pieces of any length, where uplinks are equal',
    () => {
      const scenarios = record({
        machines: integer({ min: 1, max: 12 }),
        downBps: limitedOrNot(anyRate),
        wireBytes: anySize,
        transport: anyForwarding,
        randomSeed: nat(),
      });
      assert(
        property(scenarios, ({ machines, downBps, wireBytes, transport, randomSeed }) => {
          const link = { upBps: LINK_BPS, downBps };
          const model = aModel({ machines, link, wireBytes, rawBytes: wireBytes, transport });
          const full = Math.ceil(wireBytes / PIECE_BYTES) - 1;
          const boundS = pieceBoundS({
            wireBytes,
            shortestPieceBytes: wireBytes - full * PIECE_BYTES,
            machines,
            linkBps: LINK_BPS,
          });
          expect(makespanS(simulate(model, randomSeed))).toBeGreaterThanOrEqual(boundS * (1 - ROUNDING));
        }),
        { numRuns: 600 },
      );
    },
    TIMEOUT_MS,
  );
});

/** What was sent is what arrived and what is counted as waste; who is done has got the image once. */
function expectConserved(model: DeploymentModel, randomSeed: number): void {
  const { wireBytes, transport } = model;
  const { machines, wastedBytes, ...sources } = simulate(model, randomSeed);
  const sent =
    sources.serverUploadedBytes +
    sumOf(sources.seedersUploadedBytes) +
    sumOf(machines.map(({ uploadedBytes }) => uploadedBytes));
  const received = sumOf(machines.map(({ downloadedBytes }) => downloadedBytes));
  for (const { doneS, downloadedBytes, receivedFrom } of machines) {
    if (doneS !== null) expect(downloadedBytes).toBe(wireBytes);
    expect(downloadedBytes).toBeLessThanOrEqual(wireBytes);
    if (transport.transport !== 'multicast') expect(sumOf(receivedFrom!.values())).toBe(downloadedBytes);
  }
  // The network copies what multicast sends, so one copy stands for all, if anybody gets it; a swarm that repairs sends to each.
  const bySwarm = sumOf(machines.flatMap(({ receivedFrom }) => [...receivedFrom!.values()]));
  const copied = transport.transport === 'multicast' ? (received > 0 ? wireBytes : 0) + bySwarm : received;
  expect(Math.abs(sent - copied - wastedBytes)).toBeLessThanOrEqual(1e-9 * wireBytes);
}

describe('gate 5: bytes are conserved', () => {
  const arrivals = oneof(
    constant<ArrivalModel>({ kind: 'together' }),
    record({ kind: constantFrom('staggered' as const, 'poisson' as const), intervalS: constantFrom(0.5, 3) }),
  );
  const scenarios = record({
    fleet: array(
      record({ link: anyLink, diesAfterS: limitedOrNot(double({ min: 0, max: 30, noNaN: true })) }),
      { minLength: 1, maxLength: 9 },
    ),
    sites: anySite,
    wireBytes: anySize,
    arrival: arrivals,
    latencyS: constantFrom(0, 0.1),
    disk: anyDisk,
    bootAndTcp: anyBootAndTcp,
    loss: constantFrom(0, 0.05),
    carriers: withSources(anyTransport),
    randomSeed: nat(),
  });

  it(
    'whoever comes and goes: sent is received and wasted, and who finished got the image once',
    () => {
      assert(
        property(scenarios, ({ fleet, randomSeed, wireBytes, bootAndTcp, carriers, ...wishes }) => {
          const model = {
            machines: fleet,
            wireBytes,
            rawBytes: wireBytes,
            ...bootAndTcp,
            ...wishes,
            ...carriers,
          };
          expectConserved(aModel(model), randomSeed);
        }),
        { numRuns: 1000 },
      );
    },
    TIMEOUT_MS,
  );

  const faults = record({
    fleet: array(anyMachineWithFaults, { minLength: 1, maxLength: 9 }),
    wireBytes: anySize,
    arrival: arrivals,
    latencyS: constantFrom(0, 0.1),
    disk: anyDisk.map((disk) => ({ ...disk, dirtyBytes: 0 })),
    bootAndTcp: anyBootAndTcp,
    failures: anyFailures,
    serverStops: anyServerStops,
    corruptShare: constantFrom(0, 0.02, 0.4),
    carriers: withSources(anyMending),
    randomSeed: nat(),
  });

  it(
    'whatever goes wrong: who comes back goes on with what it has',
    () => {
      assert(
        property(
          faults,
          ({ fleet, randomSeed, wireBytes, bootAndTcp, serverStops, corruptShare, carriers, ...wishes }) => {
            const { transport } = carriers.transport;
            const hasRoomModel = transport !== 'chain' && !wishes.disk.isSerialWrite;
            const model = {
              machines: hasRoomModel ? fleet : fleet.map(({ roomBytes: _, ...machine }) => machine),
              wireBytes,
              rawBytes: wireBytes,
              ...bootAndTcp,
              serverStops: bootAndTcp.boot ? [] : serverStops,
              corruptShare: transport === 'unicast' ? 0 : corruptShare,
              ...wishes,
              ...carriers,
            };
            expectConserved(aModel(model), randomSeed);
          },
        ),
        { numRuns: 1000 },
      );
    },
    TIMEOUT_MS,
  );
});

describe('gate 6: rates are max-min fair', () => {
  it('at random moments of a swarm', () => {
    const swarms = record({
      server: anyLink,
      sites: anySite,
      fleet: array(anyLink, { minLength: 1, maxLength: 8 }),
      connectionCapBps: limitedOrNot(anyRate),
      disk: anyDisk,
      latencyS: constantFrom(0, 0.05),
      bootAndTcp: anyBootAndTcp,
      moments: array(double({ min: 0.001, max: 40, noNaN: true }), { minLength: 20, maxLength: 20 }),
      randomSeed: nat(),
    });
    assert(
      property(swarms, ({ fleet, moments, randomSeed, bootAndTcp, ...wishes }) => {
        const machines = fleet.map((link) => ({ link }));
        const model = aModel({ machines, pieces: 16, ...bootAndTcp, ...wishes });
        const swarm = new WatchedSwarm({ ...model, transport: aSwarm() }, randomSeed);
        for (const moment of moments) {
          swarm.simulation.after(moment * Math.SQRT2, () => {
            const { flows, capacities } = swarm.traffic();
            expect(objections(flows, capacities)).toEqual([]);
          });
        }
        swarm.run(fleet.length);
      }),
    );
  });
});
