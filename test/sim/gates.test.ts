/** What the simulator must satisfy for given models before anybody believes it; for any model: gates-for-any-model.test.ts. */
import { assert, constant, constantFrom, integer, oneof, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeploymentModel } from '../../src/sim/deployment-model.ts';
import { RandomStream } from '../../src/sim/kernel/random-stream.ts';
import { simulate } from '../../src/sim/simulate.ts';
import { memberMeanS, seededMakespanS, seededMeanS } from '../../src/sim/theory/branching.ts';
import { chainS, treeS } from '../../src/sim/theory/chain.ts';
import { multicastS } from '../../src/sim/theory/multicast.ts';
import { mundingerS } from '../../src/sim/theory/mundinger.ts';
import { expectedRounds, expectedTransmissions } from '../../src/sim/theory/packet-loss.ts';
import { multicastRounds } from '../../src/sim/transport/multicast-rounds.ts';
import { aChain, aModel, aMulticast, aSwarm, aUnicast, LINK_BPS } from './a-model.ts';
import { finishedTimes, makespanS, sigmasOff, sumOf } from './readings.ts';

/** Heavy on a busy computer; no claim about time. */
const PATIENT = { timeout: 300_000 };

describe('gate 1: one piece and one slot are the branching model, exactly', () => {
  const branching = (machines: number) =>
    finishedTimes(
      simulate(
        aModel({
          machines,
          pieces: 1,
          transport: aSwarm({ uploadSlots: 1, seederSlots: 1, neighbours: machines }),
        }),
        1,
      ),
    );

  it.each([1, 2, 4, 8, 16, 32, 64, 128, 256])('with %i machines beside the seeder', (machines) => {
    const times = branching(machines);
    const k = Math.log2(machines);
    expect(sumOf(times) / machines).toBe(k - 1 + (k + 2) / machines);
    expect(sumOf(times) / machines).toBe(seededMeanS(machines, 1));
    expect(times.at(-1)).toBe(k + 1);
    expect(times.at(-1)).toBe(seededMakespanS(machines, 1));
  });

  it.each([
    [2, 0.5, 1, 1],
    [4, 1.25, 1.6667, 2],
    [8, 2.125, 2.4286, 3],
    [16, 3.0625, 3.2667, 4],
    [32, 4.03125, 4.1613, 5],
    [1024, 9.00098, 9.0098, 10],
  ])('with %i members, the source among them, as in the paper', (members, closed, mean, makespan) => {
    const times = branching(members - 1);
    expect(sumOf(times) / members).toBe(memberMeanS(members, 1));
    expect(sumOf(times) / members).toBeCloseTo(closed, 5);
    expect(sumOf(times) / (members - 1)).toBeCloseTo(mean, 4);
    expect(times.at(-1)).toBe(makespan);
  });
});

describe('gate 3: a thousand pieces without download limit are at most 5 % above Mundinger', () => {
  it.each([10, 100, 1000])('with %i machines', PATIENT, (machines) => {
    const model = aModel({ machines, pieces: 1000 });
    const boundS = mundingerS({ wireBytes: model.wireBytes, pieces: 1000, machines, linkBps: LINK_BPS });
    expect(makespanS(simulate(model, 1)) / boundS).toBeLessThanOrEqual(1.05);
  });
});

describe('gate 4: closed forms of the other transports', () => {
  it('a chain takes exactly (F/b)(1 + (n - 1)/M) + (n - 1) L', () => {
    const power = (max: number) => integer({ min: 0, max }).map((exponent) => 2 ** exponent);
    assert(
      property(
        power(6),
        integer({ min: 1, max: 33 }),
        oneof(constant(0), power(5)),
        (pieces, machines, hopSetUpS) => {
          const model = aModel({ machines, pieces, transport: aChain(hopSetUpS / 8) });
          const { wireBytes, pieceBytes } = model;
          const expectedS = chainS({
            wireBytes,
            pieceBytes,
            machines,
            linkBps: LINK_BPS,
            hopSetUpS: hopSetUpS / 8,
          });
          expect(makespanS(simulate(model, 1))).toBe(expectedS);
        },
      ),
    );
  });

  it('a chain whose last piece is short waits for whole pieces at every hop', () => {
    const whole = aModel({ machines: 5, pieces: 2, transport: aChain() });
    const model = { ...whole, wireBytes: (whole.pieceBytes * 9) / 8 };
    const expectedS = (whole.pieceBytes * (9 / 8 + 4)) / LINK_BPS;
    expect(chainS({ ...model, machines: 5, linkBps: LINK_BPS })).toBe(expectedS);
    expect(makespanS(simulate(model, 1))).toBeCloseTo(expectedS, 9);
  });

  it('a full k-ary tree takes exactly (F k/b)(1 + (h - 1)/M)', () => {
    const powers = constantFrom(2, 4, 8);
    assert(
      property(powers, integer({ min: 1, max: 3 }), constantFrom(1, 2, 16, 64), (children, depth, pieces) => {
        const machines = Array.from({ length: depth }, (_, level) => children ** (level + 1));
        const count = machines.reduce((sum, level) => sum + level, 0);
        const model = aModel({ machines: count, pieces, transport: aChain(0, children) });
        const { wireBytes, pieceBytes } = model;
        const expectedS = treeS({ wireBytes, pieceBytes, machines: count, linkBps: LINK_BPS, children });
        expect(makespanS(simulate(model, 1))).toBeCloseTo(expectedS, 9);
      }),
      { numRuns: 36 },
    );
  });

  const [PACKETS, SESSIONS] = [400, 250];
  it.each([
    [1, 0.05],
    [20, 0.01],
    [20, 0.05],
    [100, 0.05],
  ])(
    'multicast to %i machines at loss %d sends E[tx] times in E[R] rounds, within 3 sigma',
    (machines, loss) => {
      const sessions = Array.from({ length: SESSIONS }, (_, randomSeed) => [
        ...multicastRounds(new Set(Array(machines).keys()), PACKETS, {
          loss,
          stream: new RandomStream(randomSeed, 'loss'),
        }),
      ]);
      const sent = sessions.map((rounds) => sumOf(rounds.map(({ packets }) => packets)) / PACKETS);
      const rounds = sessions.map(({ length }) => length);
      expect(sigmasOff(sent, expectedTransmissions(machines, loss))).toBeLessThan(3);
      expect(sigmasOff(rounds, expectedRounds(machines, PACKETS, loss))).toBeLessThan(3);
    },
  );
});

describe('a multicast whose sender collects losses after each round', () => {
  it.each([
    [0, 0],
    [0.01, 2],
    [0.05, 0.5],
  ])('at loss %d and %d s a round takes the time of the closed form, within 3 sigma', (loss, roundS) => {
    const [machines, packets] = [20, 8 * 1024];
    const model = aModel({ machines, loss, transport: aMulticast({ roundS }) });
    const times = Array.from({ length: 100 }, (_, randomSeed) => makespanS(simulate(model, randomSeed)));
    const expected = multicastS({
      ...{ wireBytes: packets * 1024, machines, loss, packetBytes: 1024, roundS },
      ...{ rateBps: LINK_BPS, slowestDownBps: Infinity, slowestWriteBps: Infinity },
    });
    if (loss === 0) expect(new Set(times)).toEqual(new Set([expected]));
    else expect(sigmasOff(times, expected)).toBeLessThan(3);
  });
});

const chanceful: readonly [what: string, model: DeploymentModel][] = [
  ['a swarm', aModel({ machines: 20, pieces: 64, latencyS: 1 / 64 })],
  [
    'unicast to machines that come one by one',
    aModel({ machines: 20, arrival: { kind: 'poisson', intervalS: 2 }, transport: aUnicast() }),
  ],
  ['multicast with loss', aModel({ machines: 20, loss: 0.01, transport: aMulticast({ roundS: 1 }) })],
];

describe('gate 7: another random seed', () => {
  it.each(chanceful)('makes %s go another way', (_what, model) => {
    expect(simulate(model, 2).traceDigest).not.toBe(simulate(model, 1).traceDigest);
  });
});

const MINUTE_S = 60;
const MBIT = 1e6 / 8;

/** The set of parameters that explains table 1 of Balaz and Adam (2016): see scenarios/table-1.yaml. */
function tableOne(machines: number, transport: DeploymentModel['transport']): number {
  const wireBytes = 18e9;
  const link = { upBps: 94 * MBIT, downBps: 94 * MBIT };
  const model = aModel({
    machines,
    link,
    transport,
    wireBytes,
    rawBytes: wireBytes,
    pieceBytes: 4 * 2 ** 20,
    connectionCapBps: 27 * MBIT,
    phases: { boot: 21.4 * MINUTE_S },
    disk: { writeBps: 12.5e6, isSerialWrite: transport.transport === 'p2p' },
  });
  return makespanS(simulate(model, 1)) / MINUTE_S;
}

describe('gate 8: table 1 of the paper within 5 %', () => {
  it.each([
    ['P2P', 1, 134, aSwarm()],
    ['P2P', 20, 73, aSwarm()],
    ['unicast', 1, 110, aUnicast()],
    ['unicast', 20, 533, aUnicast()],
  ] as const)('%s with %i machines: %d min', PATIENT, (_what, machines, measured, transport) => {
    expect(Math.abs(tableOne(machines, transport) / measured - 1)).toBeLessThanOrEqual(0.05);
  });

  it('P2P with one machine is slower than with two, because the cap is that of a connection', () => {
    const [one, two] = [tableOne(1, aSwarm()), tableOne(2, aSwarm())];
    expect(Math.abs(one / 133.9 - 1)).toBeLessThanOrEqual(0.05);
    expect(Math.abs(two / 89.8 - 1)).toBeLessThanOrEqual(0.05);
  });
});
