import { describe, expect, it } from 'vitest';
import type { ChainModel, UnicastModel } from '../../../src/sim/deployment-model.ts';
import { simulate } from '../../../src/sim/simulate.ts';
import { aChain, aModel, aMulticast, aSwarm, aUnicast, LINK_BPS, PIECE_BYTES } from '../a-model.ts';
import { doneTimes } from '../readings.ts';

type Wishes = Parameters<typeof aModel>[0] & {};

const EARLY = { isReadBack: true, isReadBackEarly: true };

/** Phases of one machine that gets a piece a second. */
function phasesOf(disk: Wishes['disk'], wishes: Wishes = {}): Record<string, readonly number[]> {
  const model = aModel({ machines: 1, ...wishes, disk: { ...EARLY, ...disk } });
  return simulate(model, 1).machines[0]!.phases;
}

describe('a read-back beside the download', () => {
  it.each([aSwarm(), aChain(), aUnicast()])(
    'leaves what came since the last flush: $transport',
    (transport) => {
      // A flush after every other piece, so that the last two are left, half a second each.
      expect(phasesOf({ readBps: 2 * LINK_BPS }, { transport }).verify).toEqual([8, 9]);
      expect(phasesOf({ readBps: 2 * LINK_BPS, isReadBackEarly: false }, { transport }).verify).toEqual([
        8, 12,
      ]);
    },
  );

  it.each([aSwarm(), aUnicast()])(
    'keeps a slow disk busy from the first flush on: $transport',
    (transport) => {
      expect(phasesOf({ readBps: LINK_BPS / 2 }, { transport }).verify).toEqual([8, 2 + 8 * 2]);
    },
  );

  it.each([aSwarm(), aUnicast()])(
    'does not wait for two seconds where 32 MiB have come: $transport',
    (transport) => {
      const fast = { upBps: 64 * LINK_BPS, downBps: Infinity };
      const { verify } = phasesOf({ readBps: 32 * LINK_BPS }, { pieces: 128, link: fast, transport });
      // The first 32 pieces take half a second, and then the disk is busy.
      expect(verify).toEqual([2, 0.5 + 4]);
    },
  );

  it.each([aSwarm(), aUnicast()])(
    'counts what waits in memory when it has been written: $transport',
    (transport) => {
      const disk = { readBps: Infinity, writeBps: LINK_BPS / 2, dirtyBytes: Infinity };
      expect(phasesOf(disk, { transport }).verify).toEqual([8, 1 + 8 * 2]);
      // Three pieces are written by 3, 5 and 7, flushed and read back; nothing is while the rest is written behind.
      expect(phasesOf({ ...disk, readBps: LINK_BPS }, { transport }).verify).toEqual([8, 17 + 8 - 3]);
    },
  );

  it('begins with the stream where that has waited for its turn', () => {
    const model = aModel({ machines: 3, transport: aUnicast(1), disk: { ...EARLY, readBps: 2 * LINK_BPS } });
    const verified = simulate(model, 1).machines.map(({ phases }) => phases.verify);
    expect(verified).toEqual([8, 16, 24].map((endS) => [endS, endS + 1]));
  });

  it('takes a stream at its rates, one after the other, where others come', () => {
    // Alone for four seconds, then beside another for eight: the last flush leaves two seconds of half a rate.
    const machines = [{}, { joinsAfterS: 4 }];
    const model = aModel({ machines, transport: aUnicast(), disk: { ...EARLY, readBps: LINK_BPS } });
    expect(simulate(model, 1).machines[0]!.phases.verify![1]).toBeCloseTo(12 + 1, 9);
  });

  it('takes a stream for no faster than it was where its cable was out', () => {
    const out = { atS: 6, link: { upBps: 0, downBps: 0 } };
    const back = { atS: 66, link: { upBps: LINK_BPS, downBps: Infinity } };
    const machines = [{ linkChanges: [out, back] }];
    const disk = { ...EARLY, readBps: LINK_BPS / 2 };
    const leftS = (transport: UnicastModel | ChainModel) => {
      const { download, verify } = simulate(aModel({ machines, pieces: 64, disk, transport }), 1).machines[0]!
        .phases;
      return verify![1] - download![1];
    };
    expect(leftS(aUnicast())).toBeCloseTo(leftS(aChain()), -0.5);
  });

  it.each([aSwarm(), aUnicast(), aChain()])(
    'reads what was found at the first flush: $transport',
    (transport) => {
      const machines = [{ diesAfterS: 33.5, comesBackAfterS: 0.5 }];
      const disk = { ...EARLY, readBps: 2 * LINK_BPS };
      const { download, verify } = simulate(aModel({ machines, pieces: 64, disk, transport }), 1).machines[0]!
        .phases;
      // 33 pieces are found, and 31 come; from the first flush on the disk is busy, for 29 of the 32 seconds that all takes.
      expect(verify![1] - verify![0]).toBe(3);
      expect(download![1] - download![0]).toBe(31);
    },
  );

  it('takes no time where only seeks do', () => {
    expect(phasesOf({ readBps: Infinity, seekS: 0.5, dirtyBytes: Infinity }).verify).toEqual([8, 8.5]);
  });

  it('counts raw bytes, which are more than came over the wire', () => {
    const wireBytes = 8 * PIECE_BYTES;
    const raw = phasesOf({ readBps: 4 * LINK_BPS }, { wireBytes, rawBytes: 2 * wireBytes });
    expect(raw).toEqual(phasesOf({ readBps: 2 * LINK_BPS }));
  });

  it('takes turns with what peers are served from the same disk', () => {
    const disk = { ...EARLY, readBps: LINK_BPS };
    const lastS = (wishes: Wishes) => Math.max(...doneTimes(simulate(aModel(wishes), 1)).map(Number));
    const wishes = { machines: 2, pieces: 64, transport: aChain() };
    const late = lastS({ ...wishes, disk: { ...disk, isReadBackEarly: false } });
    const early = lastS({ ...wishes, disk });
    // The last piece takes two seconds: the first machine reads back meanwhile, from the disk that it is passed on from.
    expect(late).toBe(64 + 2 + 64);
    expect(early).toBeGreaterThan(64 + 32);
    expect(early).toBeLessThan(late);
  });

  it.each([aSwarm(), aUnicast()])(
    'begins again with what was found after a power cut: $transport',
    (transport) => {
      const machines = [{ diesAfterS: 5.5, comesBackAfterS: 2 }];
      const disk = { ...EARLY, readBps: LINK_BPS };
      const { phases } = simulate(aModel({ machines, disk, transport }), 1).machines[0]!;
      // Five pieces are found by reading all, and two more have come at the next flush.
      expect(phases).toMatchObject({ scan: [7.5, 15.5], download: [15.5, 18.5] });
      expect(phases.verify).toEqual([18.5, 17.5 + 8]);
    },
  );

  it('ends with the power of its machine', () => {
    // Cut while it reads two pieces for eight seconds, it is back before these would be over, and scans all for 32.
    const machines = [{ diesAfterS: 5.5, comesBackAfterS: 0.5 }];
    const disk = { ...EARLY, readBps: LINK_BPS / 4 };
    const { phases } = simulate(aModel({ machines, disk }), 1).machines[0]!;
    expect(phases).toMatchObject({ scan: [6, 38], download: [38, 41] });
  });

  it.each([0, Infinity])(
    'reads back what is kept of what came, with a write cache of %d bytes',
    (dirtyBytes) => {
      const disk = { readBps: LINK_BPS / 2, writeBps: 8 * LINK_BPS, dirtyBytes };
      const spoilt = { corruptShare: 0.5, transport: aChain() };
      const { download, verify } = phasesOf(disk, spoilt);
      // More than eight pieces come, of which eight are read back at two seconds each.
      expect(download![1]).toBeGreaterThan(8);
      expect(verify![1]).toBeGreaterThanOrEqual(2 + 8 * 2);
    },
  );

  it.each([
    ['that is not asked for', { isReadBack: false }, {}],
    ['of what is written afterwards', { isSerialWrite: true }, {}],
    ['of a stream to a disk that is shared', { isShared: true }, { transport: aUnicast() }],
    ['of what comes by multicast', {}, { transport: aMulticast() }],
  ])('is refused for a read-back %s', (_, disk, wishes) => {
    expect(() => phasesOf(disk, wishes)).toThrow('disk.isReadBackEarly: ');
  });
});
