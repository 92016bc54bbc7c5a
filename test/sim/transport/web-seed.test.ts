import { describe, expect, it } from 'vitest';
import type { WebSeedModel } from '../../../src/sim/deployment-model.ts';
import { simulate } from '../../../src/sim/simulate.ts';
import { peerToPeerBoundS } from '../../../src/sim/theory/kumar-ross.ts';
import { aModel, aSwarm, aUnicast, LINK_BPS, PIECE_BYTES } from '../a-model.ts';
import { failures, makespanS } from '../readings.ts';

const ONE_AT_A_TIME = aSwarm({ uploadSlots: 1, seederSlots: 1 });
const ALWAYS: WebSeedModel = { use: 'always', upBps: LINK_BPS };
const QUIET: WebSeedModel = { use: 'quiet', upBps: LINK_BPS };
/** A server that does not come back while anybody waits for it. */
const FOR_GOOD = 1000;

function aloneWith(webSeed: WebSeedModel, wishes: Parameters<typeof aModel>[0] = {}) {
  return simulate(aModel({ machines: 1, pieces: 8, transport: ONE_AT_A_TIME, webSeed, ...wishes }), 1);
}

describe('a web seed that is always asked', () => {
  it('sends one half of the image to a machine alone, and the seeder the other', () => {
    const result = aloneWith(ALWAYS);
    expect(makespanS(result)).toBe(4);
    expect(result.machines[0]!.receivedFrom).toEqual(
      new Map([
        [0, 4 * PIECE_BYTES],
        [2, 4 * PIECE_BYTES],
      ]),
    );
    expect(result.seedersUploadedBytes).toEqual([4 * PIECE_BYTES]);
  });

  it('takes F over its rate where nobody else sends', () => {
    const webSeed = { ...ALWAYS, upBps: LINK_BPS / 4 };
    const result = aloneWith(webSeed, { seederLeavesAfterBytes: 1, pieces: 9 });
    // The ninth piece has come from the seeder, before it left.
    expect(makespanS(result)).toBe((8 * PIECE_BYTES) / webSeed.upBps);
  });

  it('shares the link of the server where it is its own, and counts for it', () => {
    const result = aloneWith({ use: 'always' });
    expect(makespanS(result)).toBe(8);
    expect(result.serverUploadedBytes).toBe(8 * PIECE_BYTES);
    expect(result.seedersUploadedBytes).toEqual([]);
    expect([...result.machines[0]!.receivedFrom!.keys()]).toEqual([0, 2]);
  });

  it('is killed with the server where it is its own', () => {
    const result = aloneWith({ use: 'always' }, { serverStops: [{ atS: 2.5, forS: 10 }] });
    // Two pieces came by 2 s, and of the next two a quarter each is lost.
    expect(makespanS(result)).toBe(8 + 10 + 0.5);
    expect(result.wastedBytes).toBe(0.5 * PIECE_BYTES);
  });

  it('goes on where it is a host of its own', () => {
    const result = aloneWith(ALWAYS, { serverStops: [{ atS: 2.5, forS: FOR_GOOD }] });
    // Two pieces of each by 2 s, half a piece of the seeder is lost.
    expect(makespanS(result)).toBe(6);
    expect(result.wastedBytes).toBe(0.5 * PIECE_BYTES);
  });

  it('pays a round trip for each piece, as for a grant', () => {
    const result = aloneWith(ALWAYS, { seederLeavesAfterBytes: 1, pieces: 9, latencyS: 1 / 8 });
    expect(makespanS(result)).toBe(8 * (1 + 2 / 8));
  });

  it('has what it sends in memory', () => {
    const disk = { readBps: LINK_BPS / 3, writeBps: LINK_BPS };
    expect(makespanS(aloneWith(ALWAYS, { disk }))).toBe(8);
  });

  it('sends again what was wrong', () => {
    const corrupt = aloneWith(ALWAYS, { corruptShare: 0.5 });
    expect(failures(corrupt)).toEqual([null]);
    expect(corrupt.wastedBytes).toBeGreaterThan(0);
  });

  it.each(['grants', 'classic'] as const)('is worth its uplink to a swarm that chokes by %s', (choker) => {
    const model = aModel({
      machines: 20,
      pieces: 256,
      webSeed: { use: 'always', upBps: 3 * LINK_BPS },
      transport: aSwarm({ neighbours: 24, choker }),
    });
    const boundS = peerToPeerBoundS({
      wireBytes: model.wireBytes,
      seederUpBps: 4 * LINK_BPS,
      upBps: model.machines.map(({ link }) => link.upBps),
      downBps: model.machines.map(({ link }) => link.downBps),
    });
    expect(makespanS(simulate(model, 1)) / boundS).toBeLessThan(1.1);
    expect(boundS).toBeCloseTo((20 * 256) / 24, 9);
  });
});

describe('a web seed that is asked when the swarm is quiet', () => {
  it('is left alone by a swarm that brings something', () => {
    const model = aModel({ machines: 20, pieces: 64, link: { upBps: LINK_BPS, downBps: LINK_BPS } });
    expect(simulate({ ...model, webSeed: QUIET }, 1)).toEqual({
      ...simulate(model, 1),
      seedersUploadedBytes: [0],
    });
  });

  it('is asked when nobody has been there for two seconds, at the next look', () => {
    const result = aloneWith(QUIET, { serverStops: [{ atS: 2.5, forS: FOR_GOOD }] });
    // Two pieces by 2 s; alone at the look at 3 s, and so for two seconds at 5 s; six pieces.
    expect(makespanS(result)).toBe(5 + 6);
    expect(result.seedersUploadedBytes).toEqual([6 * PIECE_BYTES]);
  });

  it('is asked no more when the seeder is back, but sends what it was asked for', () => {
    const webSeed = { ...QUIET, upBps: LINK_BPS / 4 };
    const result = aloneWith(webSeed, { serverStops: [{ atS: 2.5, forS: 5 }] });
    // From 5 to 9 s one piece from the web, from 7.5 s on the other five from the seeder.
    expect(makespanS(result)).toBe(12.5);
    expect(result.seedersUploadedBytes).toEqual([PIECE_BYTES]);
  });

  it('is asked where less than 16 KiB a second come, of pieces that are under way, too', () => {
    const under = (bps: number) => aloneWith(QUIET, { server: { upBps: bps, downBps: Infinity } });
    // The first piece takes the seeder 128 s; after the window of ten seconds the web seed sends all others.
    const slow = under(8 * 1024);
    expect(makespanS(slow)).toBe(128);
    expect(slow.seedersUploadedBytes).toEqual([7 * PIECE_BYTES]);
    expect(makespanS(under(32 * 1024))).toBe(8 * 32);
  });

  it('brings to its end a swarm whose seeder has left', () => {
    const model = aModel({ machines: 6, pieces: 16, seederLeavesAfterBytes: 8 * PIECE_BYTES });
    expect(failures(simulate(model, 1))).not.toContain(null);
    const result = simulate({ ...model, webSeed: { use: 'quiet' } }, 1);
    expect(failures(result)).toEqual([null, null, null, null, null, null]);
  });
});

describe('a web seed', () => {
  it('is refused where nobody takes pieces', () => {
    const model = aModel({ webSeed: ALWAYS, transport: aUnicast() });
    expect(() => simulate(model, 1)).toThrow('webSeed: found always, allowed is none');
    expect(() => simulate(aModel({ webSeed: { use: 'always', upBps: 0 } }), 1)).toThrow('webSeed.upBps');
  });
});
