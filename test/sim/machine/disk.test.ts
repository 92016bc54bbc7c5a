import { describe, expect, it } from 'vitest';
import { simulate } from '../../../src/sim/simulate.ts';
import { aChain, aModel, aMulticast, aSwarm, aUnicast, LINK_BPS, PIECE_BYTES } from '../a-model.ts';
import { makespanS, meanOverSeeds } from '../readings.ts';

type Wishes = Parameters<typeof aModel>[0];

/** Phases of the first machine by unicast alone, 8 s of download. */
function phasesOf(wishes: Wishes): Record<string, readonly number[]> {
  return simulate(aModel({ machines: 1, transport: aUnicast(), ...wishes }), 1).machines[0]!.phases;
}

function lastS(wishes: Wishes, randomSeed = 1): number {
  return makespanS(simulate(aModel(wishes), randomSeed));
}

const HALF = LINK_BPS / 2;

describe('a write cache', () => {
  it('takes what comes at the rate of the network, and is flushed before the disk is read back', () => {
    const disk = { writeBps: HALF, readBps: LINK_BPS, dirtyBytes: Infinity, isReadBack: true };
    // The first piece is there after one second; from then on the disk is busy for sixteen.
    expect(phasesOf({ disk })).toEqual({ download: [0, 8], verify: [0 + 8, 17 + 8] });
  });

  it('is flushed where nothing is read back, too', () => {
    expect(phasesOf({ disk: { writeBps: HALF, dirtyBytes: Infinity } })).toEqual({
      download: [0, 8],
      verify: [8, 17],
    });
  });

  it('costs no time where the disk keeps up', () => {
    const disk = { writeBps: 2 * LINK_BPS, dirtyBytes: Infinity };
    expect(phasesOf({ disk })).toEqual({ download: [0, 8], verify: [8, 8.5] });
  });

  it('holds the network up at the rate of the disk when it is full', () => {
    const pieces = 64;
    for (const room of [3, 4, 16]) {
      const disk = { writeBps: HALF, dirtyBytes: room * PIECE_BYTES };
      const { download, verify } = phasesOf({ pieces, disk });
      // All but what memory holds has gone through the disk when the download ends; a piece is not divided.
      expect(Math.abs(download![1]! - (pieces - room) / 0.5)).toBeLessThanOrEqual(2 / 0.5);
      // The disk is busy from the first piece on.
      expect(verify![1]).toBeCloseTo(1 + pieces / 0.5, 9);
    }
  });

  it('counts raw bytes, which are more than came over the wire', () => {
    const wireBytes = 8 * PIECE_BYTES;
    const disk = { writeBps: LINK_BPS, dirtyBytes: 4 * PIECE_BYTES };
    const raw = phasesOf({ wireBytes, rawBytes: 2 * wireBytes, disk });
    expect(raw).toEqual(phasesOf({ wireBytes, disk: { writeBps: HALF, dirtyBytes: 2 * PIECE_BYTES } }));
  });

  it('leaves the disk idle between pieces where it has room for one', () => {
    // One piece into memory in 1 s, then one past it in 4 s, beside the first on its way to the disk.
    const disk = { writeBps: HALF, dirtyBytes: PIECE_BYTES };
    expect(phasesOf({ disk })).toEqual({ download: [0, 4 * (1 + 4)] });
  });

  it('brings nothing for a piece that does not fit', () => {
    const disk = { writeBps: HALF, dirtyBytes: PIECE_BYTES / 2 };
    expect(phasesOf({ disk })).toEqual({ download: [0, 16] });
  });

  it.each([
    ['a swarm', aSwarm()],
    ['a chain', aChain()],
  ])('lets all of %s be done no later, and the bytes arrive sooner', (_, transport) => {
    const wishes = { machines: 6, pieces: 32, transport };
    const disk = { writeBps: LINK_BPS / 2, readBps: Infinity };
    const plain = simulate(aModel({ ...wishes, disk }), 1);
    const cached = simulate(aModel({ ...wishes, disk: { ...disk, dirtyBytes: 8 * PIECE_BYTES } }), 1);
    const downloadS = (result: typeof plain) =>
      Math.max(...result.machines.map(({ phases }) => phases.download![1]));
    expect(downloadS(cached)).toBeLessThan(downloadS(plain) - 8);
    expect(makespanS(cached)).toBeLessThanOrEqual(makespanS(plain) + 4);
  });

  it('gives back the room of what was cut off', () => {
    const disk = { writeBps: HALF, dirtyBytes: 4 * PIECE_BYTES, readBps: Infinity };
    const machines = [{}, {}, { diesAfterS: 6.5 }, { diesAfterS: 7.25 }];
    const { machines: results } = simulate(aModel({ machines, pieces: 32, disk }), 1);
    expect(results.map(({ doneS }) => doneS !== null)).toEqual([true, true, false, false]);
    // Every byte of those that live crosses the disk once.
    for (const { doneS } of results.slice(0, 2)) expect(doneS).toBeGreaterThanOrEqual(64);
  });

  it('belongs to no machine that dies while it is flushed', () => {
    const disk = { writeBps: HALF, dirtyBytes: Infinity };
    const model = aModel({ machines: [{ diesAfterS: 10 }], transport: aUnicast(), disk });
    expect(simulate(model, 1).machines[0]!.phases).toEqual({ download: [0, 8] });
  });
});

describe('a read cache', () => {
  const disk = { readBps: LINK_BPS, writeBps: LINK_BPS, isShared: true };
  const wishes = { machines: 8, pieces: 64 };
  const withCache = (pieces: number, randomSeed = 1) =>
    lastS({ ...wishes, disk: { ...disk, recentBytes: pieces * PIECE_BYTES } }, randomSeed);
  const meanWithCache = (pieces: number) => meanOverSeeds(64, (randomSeed) => withCache(pieces, randomSeed));

  it('spares a hard disk what peers ask for, and a few pieces are enough', () => {
    const [none, few, all] = [meanWithCache(0), meanWithCache(8), meanWithCache(64)];
    expect(none).toBeGreaterThan(1.5 * few);
    // 1.005: single runs are 3 % apart.
    expect(few / all).toBeLessThan(1.01);
    expect(withCache(64)).toBe(lastS({ ...wishes, disk: { ...disk, readBps: Infinity, isShared: false } }));
  });

  it('counts raw bytes', () => {
    const wireBytes = 64 * PIECE_BYTES;
    const twice = { readBps: 2 * LINK_BPS, writeBps: 2 * LINK_BPS, recentBytes: 16 * PIECE_BYTES };
    const raw = { ...wishes, wireBytes, rawBytes: 2 * wireBytes, disk: { ...disk, ...twice } };
    expect(lastS(raw)).toBe(withCache(8));
  });
});

describe('a seek', () => {
  it('costs each piece of a swarm its time, written or read', () => {
    // A piece takes a second to come, half a second to be written, and the seek.
    const one = (seekS: number) => lastS({ machines: 1, disk: { writeBps: 2 * LINK_BPS, seekS } });
    expect(one(0.5)).toBe(8);
    expect(one(1.5)).toBe(8 * 2);
  });

  it('costs nothing where the image goes from front to end', () => {
    const disk = { writeBps: LINK_BPS / 2, readBps: LINK_BPS, isShared: true, seekS: 8, isReadBack: true };
    for (const transport of [aUnicast(), aMulticast()]) {
      expect(phasesOf({ transport, disk })).toEqual({ download: [0, 16], verify: [16, 32] });
    }
  });

  it('costs nothing when a swarm’s image is read back, or written after the download', () => {
    const seekS = 1;
    const whole = { writeBps: LINK_BPS / 2, readBps: LINK_BPS / 4, isReadBack: true, seekS };
    const { write, verify } = phasesOf({ transport: aSwarm(), disk: { ...whole, isSerialWrite: true } });
    expect([write![1]! - write![0]!, verify![1]! - verify![0]!]).toEqual([16, 32]);
  });

  it('makes small pieces worse than large ones', () => {
    const disk = { writeBps: 2 * LINK_BPS, readBps: 2 * LINK_BPS, isShared: true, seekS: 0.25 };
    const inPieces = (pieceBytes: number) => lastS({ machines: 4, pieces: 64, pieceBytes, disk });
    expect(inPieces(PIECE_BYTES / 4)).toBeGreaterThan(1.5 * inPieces(PIECE_BYTES));
  });
});

describe('a decoder', () => {
  it('holds the network up, whether there is room in memory or not', () => {
    expect(phasesOf({ disk: { decodeBps: HALF } })).toEqual({ download: [0, 16] });
    const { download } = phasesOf({ disk: { decodeBps: HALF, writeBps: LINK_BPS, dirtyBytes: Infinity } });
    expect(download).toEqual([0, 16]);
  });

  it('counts raw bytes', () => {
    const wireBytes = 8 * PIECE_BYTES;
    const phases = phasesOf({ wireBytes, rawBytes: 3 * wireBytes, disk: { decodeBps: LINK_BPS } });
    expect(phases).toEqual({ download: [0, 24] });
  });

  it('has its turn when the image is written after the download', () => {
    const disk = { isSerialWrite: true, decodeBps: HALF, writeBps: LINK_BPS };
    expect(phasesOf({ disk })).toEqual({ download: [0, 8], write: [8, 24] });
  });

  it('is as slow as ever where the disk is quicker from front to end than with seeks, and the only one where that is free', () => {
    const serial = { isSerialWrite: true, seekS: 1, decodeBps: HALF };
    for (const writeBps of [LINK_BPS, Infinity]) {
      const phases = phasesOf({ transport: aSwarm(), disk: { ...serial, writeBps } });
      expect(phases.write![1]! - phases.write![0]!).toBe(16);
    }
  });

  it('sets the pace of a multicast', () => {
    expect(phasesOf({ transport: aMulticast(), disk: { decodeBps: HALF } })).toEqual({ download: [0, 16] });
  });

  it('does not slow down what a machine loads to boot, nor what it sends', () => {
    const slow = { machines: 2, pieces: 4, transport: aChain(), disk: { decodeBps: HALF } };
    // Two pieces' time more than the first machine: what it sends on has not to be decoded again.
    expect(lastS(slow)).toBe(8 + 2);
  });
});
