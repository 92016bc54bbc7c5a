import { describe, expect, it } from 'vitest';
import { type SimulatedDeployment, simulate } from '../../../src/sim/simulate.ts';
import { aModel, aMulticast, aUnicast, LINK_BPS, PIECE_BYTES } from '../a-model.ts';
import { doneTimes, failures, makespanS } from '../readings.ts';

const phases = { boot: 1, register: 2, partition: 4, metainfo: 8, finish: 16 };
const SLOW = LINK_BPS / 2;

/** Phases of the first machine, in the order in which they began. */
function clock({ machines }: SimulatedDeployment): [phase: string, startS: number, endS: number][] {
  return Object.entries(machines[0]!.phases).map(([phase, [startS, endS]]) => [phase, startS, endS]);
}

function deployOne(wishes: Parameters<typeof aModel>[0]): SimulatedDeployment {
  return simulate(aModel({ machines: 1, pieces: 8, transport: aUnicast(), ...wishes }), 1);
}

describe('a machine', () => {
  it('goes through the phases of a deployment one after the other', () => {
    const disk = { isSerialWrite: true, isReadBack: true, readBps: LINK_BPS, writeBps: SLOW };
    const result = deployOne({ phases, disk });
    expect(clock(result)).toEqual([
      ['boot', 0, 1],
      ['register', 1, 3],
      ['metainfo', 3, 11],
      ['partition', 11, 15],
      ['download', 15, 23],
      ['write', 23, 39],
      ['verify', 39, 47],
      ['finish', 47, 63],
    ]);
    expect(doneTimes(result)).toEqual([63]);
    expect(result.barrierS).toBe(15);
  });

  it('leaves out phases that take no time', () => {
    expect(clock(deployOne({}))).toEqual([['download', 0, 8]]);
  });

  it('writes while it downloads, at the pace of the slower of the two', () => {
    expect(clock(deployOne({ disk: { writeBps: SLOW } }))).toEqual([['download', 0, 16]]);
    expect(clock(deployOne({ disk: { writeBps: 2 * LINK_BPS } }))).toEqual([['download', 0, 8]]);
  });

  it('writes raw bytes, which are more than came over the wire', () => {
    const wireBytes = 8 * PIECE_BYTES;
    const result = deployOne({ wireBytes, rawBytes: 2 * wireBytes, disk: { writeBps: LINK_BPS } });
    expect(clock(result)).toEqual([['download', 0, 16]]);
  });

  it('reads the whole disk back after it was written', () => {
    const result = deployOne({ disk: { isReadBack: true, readBps: 4 * LINK_BPS } });
    expect(clock(result)).toEqual([
      ['download', 0, 8],
      ['verify', 8, 10],
    ]);
  });

  it('begins when it is powered on', () => {
    const arrival = { kind: 'staggered', intervalS: 64 } as const;
    const result = simulate(aModel({ machines: 3, phases, arrival, transport: aUnicast() }), 1);
    expect(result.machines.map(({ poweredOnS }) => poweredOnS)).toEqual([0, 64, 128]);
    expect(doneTimes(result)).toEqual([39, 103, 167]);
  });

  it('takes longer in a swarm where its disk is read and written in one budget than in two', () => {
    const last = (isShared: boolean) =>
      makespanS(
        simulate(
          aModel({ machines: 8, pieces: 64, disk: { readBps: LINK_BPS, writeBps: LINK_BPS, isShared } }),
          1,
        ),
      );
    expect(last(true)).toBeGreaterThan(1.2 * last(false));
  });

  it('goes on uploading while it writes after the download', () => {
    const disk = { isSerialWrite: true, writeBps: LINK_BPS / 64 };
    const arrival = { kind: 'staggered', intervalS: 16 } as const;
    const [first, second] = simulate(aModel({ machines: 2, pieces: 8, disk, arrival }), 1).machines;
    expect(first!.phases.write![0]).toBeLessThan(second!.phases.download![0]);
    expect(first!.uploadedBytes).toBeGreaterThan(0);
  });
});

describe('a machine that is killed', () => {
  it('is not done, and says why', () => {
    const result = simulate(aModel({ machines: [{ diesAfterS: 4 }, {}], transport: aUnicast() }), 1);
    expect(failures(result)).toEqual(['it was killed, as the scenario asks', null]);
    expect(result.machines[0]!.doneS).toBeNull();
  });

  it('is killed that long after the first machine could download', () => {
    const alone = (diesAfterS: number) =>
      simulate(aModel({ machines: [{ diesAfterS }], pieces: 8, phases, transport: aUnicast() }), 1);
    expect(alone(23.5).machines[0]!.phases).toHaveProperty('download', [15, 23]);
    expect(doneTimes(alone(23.5))).toEqual([null]);
    expect(doneTimes(alone(24.5))).toEqual([39]);
  });

  it('has no preparation that ended after its death', () => {
    const arrival = { kind: 'staggered', intervalS: 10 } as const;
    const machines = [{}, { diesAfterS: 4 }];
    const preparing = { boot: 4, register: 4 };
    // Powered on at 10, killed at 12, four seconds after the first machine could download.
    const result = simulate(aModel({ machines, phases: preparing, arrival, transport: aUnicast() }), 1);
    expect(result.machines[1]!.phases).toEqual({});
  });

  it('has no finish that ended after its death', () => {
    expect(clock(deployOne({ machines: [{ diesAfterS: 9 }], phases: { finish: 16 } }))).toEqual([
      ['download', 0, 8],
    ]);
  });

  it('is not done with a write or a read-back that had begun', () => {
    const disk = { isSerialWrite: true, isReadBack: true, readBps: LINK_BPS, writeBps: LINK_BPS };
    const killedAt = (diesAfterS: number) => deployOne({ machines: [{ diesAfterS }], disk });
    expect(clock(killedAt(12))).toEqual([['download', 0, 8]]);
    expect(clock(killedAt(20))).toEqual([
      ['download', 0, 8],
      ['write', 8, 16],
    ]);
    expect(failures(killedAt(20))).toEqual(['it was killed, as the scenario asks']);
  });

  it('is not missed where it was done before', () => {
    expect(doneTimes(deployOne({ machines: [{ diesAfterS: 9 }], transport: aMulticast() }))).toEqual([8]);
  });
});
