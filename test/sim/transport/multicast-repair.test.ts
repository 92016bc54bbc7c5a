import { describe, expect, it } from 'vitest';
import type { DeploymentModel } from '../../../src/sim/deployment-model.ts';
import { RandomStream } from '../../../src/sim/kernel/random-stream.ts';
import { simulate } from '../../../src/sim/simulate.ts';
import { mathisBps } from '../../../src/sim/theory/tcp.ts';
import { lossesOf } from '../../../src/sim/transport/multicast-rounds.ts';
import { aModel, aMulticast, aSwarm, LINK_BPS, PIECE_BYTES } from '../a-model.ts';
import { doneTimes, failures, finishedTimes, makespanS, sumOf } from '../readings.ts';

const PIECES = 8;
const EQUAL = { upBps: LINK_BPS, downBps: LINK_BPS };
const SWARM = aSwarm({ uploadSlots: 1, seederSlots: 1 });

/** A packet, a block and a piece are one, so that losses are whole pieces and each takes a second. */
function aRepaired(wishes: Parameters<typeof aModel>[0]): DeploymentModel {
  const transport = aMulticast({
    packetBytes: PIECE_BYTES,
    repair: { swarm: SWARM, blockBytes: PIECE_BYTES },
  });
  return aModel({ pieces: PIECES, link: EQUAL, loss: 0.3, transport, ...wishes });
}

/** The pieces that each machine loses, drawn as the sender does, one machine after the other. */
function lostBy(machines: number, randomSeed: number, loss = 0.3): number[][] {
  const stream = new RandomStream(randomSeed, 'loss');
  return Array.from({ length: machines }, () => [...lossesOf(PIECES, { loss, stream })]);
}

/** The first random seed with which losses are such. */
function seedWith(machines: number, isSuch: (lost: number[][]) => boolean, loss = 0.3): number {
  let randomSeed = 1;
  while (!isSuch(lostBy(machines, randomSeed, loss))) randomSeed++;
  return randomSeed;
}

const isApart = ([one, other]: number[][]): boolean =>
  one!.length >= 2 && other!.length > one!.length && one!.every((piece) => !other!.includes(piece));

describe('multicast with repair by P2P', () => {
  it('is one sending where nothing is lost', () => {
    const result = simulate(aRepaired({ machines: 4, loss: 0 }), 1);
    expect(doneTimes(result)).toEqual([8, 8, 8, 8]);
    expect(result.serverUploadedBytes).toBe(PIECES * PIECE_BYTES);
  });

  it('has one machine fetch what it lost from the server, once', () => {
    const randomSeed = seedWith(1, ([lost]) => lost!.length === 3);
    const result = simulate(aRepaired({ machines: 1 }), randomSeed);
    expect(makespanS(result)).toBe(8 + 3);
    expect(result.machines[0]!.receivedFrom).toEqual(new Map([[0, 3 * PIECE_BYTES]]));
    expect(result.machines[0]!.downloadedBytes).toBe(PIECES * PIECE_BYTES);
    expect(result.serverUploadedBytes).toBe((PIECES + 3) * PIECE_BYTES);
    expect(result.wastedBytes).toBe(0);
  });

  it('has a machine that lacks nothing serve the other, whichever of the two comes last', () => {
    const blockBytes = PIECE_BYTES / 16;
    const transport = aMulticast({ packetBytes: blockBytes, repair: { swarm: aSwarm(), blockBytes } });
    const link = { upBps: LINK_BPS / 8, downBps: Infinity };
    const model = aModel({ machines: 2, pieces: 16, loss: 0.004, link, transport });
    const endsS: [Set<number>, Set<number>] = [new Set(), new Set()];
    for (let randomSeed = 1; randomSeed <= 100; randomSeed++) {
      const result = simulate(model, randomSeed);
      const blocks = result.machines.map(
        ({ receivedFrom }) => sumOf([...receivedFrom!.values()]) / blockBytes,
      );
      for (const lacking of [0, 1] as const)
        if (blocks[lacking] === 3 && blocks[1 - lacking] === 0) endsS[lacking].add(makespanS(result));
    }
    expect(endsS[0].size).toBe(1);
    expect(endsS[1]).toEqual(endsS[0]);
  });

  it('has two machines that lost different pieces fill each other’s links, where rounds send every piece to both', () => {
    const randomSeed = seedWith(2, isApart);
    const [one, other] = lostBy(2, randomSeed) as [number[], number[]];
    const model = aRepaired({ machines: 2 });
    const result = simulate(model, randomSeed);
    expect(doneTimes(result)).toEqual([8 + one.length, 8 + other.length]);
    expect(result.machines[0]!.uploadedBytes).toBeGreaterThan(0);
    const inRounds = simulate({ ...model, transport: aMulticast({ packetBytes: PIECE_BYTES }) }, randomSeed);
    expect(makespanS(inRounds)).toBeGreaterThanOrEqual(8 + one.length + other.length);
  });

  it('brings a piece that everybody lost from the server once, and from there to the others', () => {
    const randomSeed = seedWith(
      2,
      ([one, other]) => one!.length === 1 && one![0] === other![0] && !other![1],
    );
    const link = { upBps: LINK_BPS, downBps: Infinity };
    const model = aRepaired({ machines: 2, link });
    expect(finishedTimes(simulate(model, randomSeed))).toEqual([9, 10]);
  });

  it('fetches no more of a piece than the blocks that were hit', () => {
    const lossy = { machines: 1, loss: 0.01, pieces: 8 };
    const packets = { swarm: SWARM, blockBytes: PIECE_BYTES / 1024 };
    const model = aModel({ ...lossy, link: EQUAL, transport: aMulticast({ repair: packets }) });
    const stream = new RandomStream(1, 'loss');
    const lost = lossesOf(8 * 1024, { loss: 0.01, stream }).length;
    expect(lost).toBeGreaterThan(0);
    const result = simulate(model, 1);
    expect(makespanS(result)).toBeCloseTo(8 + lost / 1024, 9);
    expect(sumOf(result.machines[0]!.receivedFrom!.values())).toBe(lost * 1024);
  });

  it('lets a machine without losses be done when the sending is', () => {
    const randomSeed = seedWith(2, ([one, other]) => one!.length === 0 && other!.length === 2);
    const result = simulate(aRepaired({ machines: 2, latencyS: 0.25 }), randomSeed);
    expect(result.machines[0]!.doneS).toBe(8.25);
    // From two sources over one link, each after a round trip.
    expect(result.machines[1]!.doneS).toBe(8.25 + 0.5 + 2);
  });

  it('pays the price of TCP under loss', () => {
    const loss = 0.02;
    const randomSeed = seedWith(1, ([lost]) => lost!.length === 2, loss);
    const segmentBytes = PIECE_BYTES / 64;
    const start = { isSlowStart: false, firstWindowBytes: 1, timeoutS: 0 };
    const tcp = { ...start, segmentBytes, underLoss: 'mathis' } as const;
    const capBps = mathisBps({ loss, roundTripS: 0.5, segmentBytes });
    expect(capBps).toBeLessThan(LINK_BPS);
    const result = simulate(aRepaired({ machines: 1, latencyS: 0.25, loss, tcp }), randomSeed);
    expect(makespanS(result)).toBeCloseTo(8.25 + 2 * (0.5 + PIECE_BYTES / capBps), 9);
  });

  it('goes on for the others when machines die during the sending and the repair', () => {
    const machines = [{ diesAfterS: 4 }, { diesAfterS: 8.5 }, {}, {}];
    const result = simulate(aRepaired({ machines, loss: 0.6 }), 1);
    const killed = 'it was killed, as the scenario asks';
    expect(failures(result)).toEqual([killed, killed, null, null]);
    expect(result.machines[0]!.downloadedBytes).toBe(0);
  });

  it('counts what was cut off of a piece by what was sent of it, not by its length', () => {
    const halves = { packetBytes: PIECE_BYTES / 2, repair: { swarm: SWARM, blockBytes: PIECE_BYTES / 2 } };
    const isOne = (randomSeed: number) =>
      lossesOf(2 * PIECES, { loss: 0.3, stream: new RandomStream(randomSeed, 'loss') }).length === 1;
    let randomSeed = 1;
    while (!isOne(randomSeed)) randomSeed++;
    const machines = [{ diesAfterS: 8.25 }];
    const result = simulate(aRepaired({ machines, transport: aMulticast(halves) }), randomSeed);
    expect(result.wastedBytes).toBe(PIECE_BYTES / 4);
    expect(result.serverUploadedBytes).toBe((PIECES + 1 / 4) * PIECE_BYTES);
    expect(result.machines[0]!.downloadedBytes).toBe((PIECES - 1 / 2) * PIECE_BYTES);
  });

  it('keeps what came by multicast in memory, as what comes from peers', () => {
    const randomSeed = seedWith(2, isApart);
    const timesWith = (recentBytes: number) =>
      doneTimes(
        simulate(aRepaired({ machines: 2, disk: { readBps: LINK_BPS / 100, recentBytes } }), randomSeed),
      );
    const [one, other] = lostBy(2, randomSeed) as [number[], number[]];
    expect(timesWith((PIECES - 1) * PIECE_BYTES)).toEqual([8 + one.length, 8 + other.length]);
    expect(timesWith(0)[1]).toBeGreaterThan(20);
  });

  it.each([
    [20, 0.001],
    [20, 0.01],
    [100, 0.001],
    [100, 0.01],
  ])(
    'is quicker than rounds with %i machines at loss %d, and no slower than what one of them lacks',
    (machines, loss) => {
      const repair = { swarm: aSwarm({ neighbours: 24 }), blockBytes: 16 * 1024 };
      const wishes = { machines, pieces: 64, link: EQUAL, loss };
      const packetBytes = 1024;
      const takes = (transport: DeploymentModel['transport']) =>
        simulate(aModel({ ...wishes, transport }), 1);
      const repaired = takes(aMulticast({ packetBytes, repair }));
      const fetched = repaired.machines.map(({ receivedFrom }) => sumOf(receivedFrom?.values() ?? []));
      expect(makespanS(repaired)).toBeLessThan(makespanS(takes(aMulticast({ packetBytes }))));
      expect(makespanS(repaired)).toBeGreaterThanOrEqual(
        (64 + Math.max(...fetched) / LINK_BPS) * (1 - 1e-12),
      );
    },
  );

  it('is no better than P2P alone where every block is hit, and far better where few are', () => {
    const wishes = { machines: 20, pieces: 64, link: EQUAL };
    const alone = makespanS(simulate(aModel({ ...wishes, transport: aSwarm({ neighbours: 24 }) }), 1));
    const repair = { swarm: aSwarm({ neighbours: 24 }), blockBytes: 16 * 1024 };
    const [few, many] = [0.0001, 0.1].map((loss) =>
      makespanS(simulate(aModel({ ...wishes, loss, transport: aMulticast({ repair }) }), 1)),
    );
    expect(few).toBeLessThan(alone);
    expect(many).toBeGreaterThan(alone);
    expect(many).toBeGreaterThan(64 * 1.8);
  });
});
