import { describe, expect, it } from 'vitest';
import type { TcpModel } from '../../../src/sim/network/tcp-model.ts';
import { simulate } from '../../../src/sim/simulate.ts';
import { mathisBps, padhyeBps, slowStartS } from '../../../src/sim/theory/tcp.ts';
import { aChain, aModel, aMulticast, aSwarm, aUnicast, LINK_BPS, PIECE_BYTES } from '../a-model.ts';
import { aBoot, byHttp } from '../machine/a-boot.ts';
import { makespanS } from '../readings.ts';

const SEGMENT = 1024;
const latencyS = 1 / 32;
const roundTripS = 2 * latencyS;
const connectS = 4 * latencyS;

function aTcp(wishes: Partial<TcpModel> = {}): TcpModel {
  return {
    isSlowStart: true,
    firstWindowBytes: 8 * SEGMENT,
    segmentBytes: SEGMENT,
    underLoss: undefined,
    timeoutS: 0.25,
    ...wishes,
  };
}

type Wishes = Parameters<typeof aModel>[0];

function lastS(wishes: Wishes): number {
  return makespanS(simulate(aModel({ machines: 1, latencyS, transport: aUnicast(), ...wishes }), 1));
}

describe('a connection that starts slowly', () => {
  it('sends one window in the first round trip, twice as much in each further one, until its link is full', () => {
    for (const wireBytes of [SEGMENT, 20 * SEGMENT, 2 ** 18, 2 ** 23]) {
      const time = slowStartS({
        bytes: wireBytes,
        firstWindowBytes: 8 * SEGMENT,
        roundTripS,
        rateBps: LINK_BPS,
      });
      expect(lastS({ wireBytes, tcp: aTcp() })).toBeCloseTo(connectS + time, 12);
    }
    // 8 KiB in the first of 16 round trips a second, 64 KiB fill the link: three round trips for 7/8 of one's bytes.
    expect(slowStartS({ bytes: 2 ** 20, firstWindowBytes: 2 ** 13, roundTripS, rateBps: LINK_BPS })).toBe(
      1 + 3 * roundTripS - (7 / 8) * roundTripS,
    );
  });

  it('grows up to the cap of a connection', () => {
    const rateBps = LINK_BPS / 4;
    const time = slowStartS({ bytes: 2 ** 23, firstWindowBytes: 8 * SEGMENT, roundTripS, rateBps });
    expect(lastS({ connectionCapBps: rateBps, tcp: aTcp() })).toBeCloseTo(connectS + time, 12);
  });

  it('costs nothing where a window is more than rate times delay, or there is no delay', () => {
    const tcp = aTcp({ firstWindowBytes: 2 ** 16 });
    expect(lastS({ tcp })).toBe(lastS({}));
    expect(lastS({ tcp: aTcp(), latencyS: 0 })).toBe(8);
  });

  it('lets each of many grow by itself until they share a link', () => {
    const alone = slowStartS({
      bytes: 2 ** 20,
      firstWindowBytes: 2 ** 13,
      roundTripS,
      rateBps: LINK_BPS / 4,
    });
    expect(lastS({ machines: 4, pieces: 1, tcp: aTcp() })).toBeCloseTo(connectS + alone, 12);
  });

  it('grows as fast in many small pieces, one after the other, as in one transfer', () => {
    // From the fourth round trip on a window is more than a piece, which takes less than a round trip then.
    const small = { pieceBytes: 16 * SEGMENT, tcp: aTcp() };
    const time = slowStartS({
      bytes: 2 ** 23,
      firstWindowBytes: 8 * SEGMENT,
      roundTripS,
      rateBps: LINK_BPS,
    });
    expect(time).toBe(8 + 3 * roundTripS - 56 / 1024);
    expect(lastS({ ...small, transport: aChain() })).toBeCloseTo(time, 9);
    expect(lastS({ ...small, disk: { dirtyBytes: 2 ** 23 } })).toBeCloseTo(connectS + time, 9);
  });

  it('starts slowly once for a chain that keeps sending, and again after it was idle', () => {
    const chain = (wishes: Wishes) => lastS({ machines: 2, transport: aChain(), pieces: 8, ...wishes });
    const perHop =
      lastS({ transport: aChain(), pieces: 8, tcp: aTcp() }) - lastS({ transport: aChain(), pieces: 8 });
    expect(chain({ tcp: aTcp() }) - chain({})).toBeCloseTo(2 * perHop, 9);
    // The second hop waits for each piece of the first, which takes four times as long: longer than the timeout.
    const link = { upBps: LINK_BPS / 4, downBps: Infinity };
    const idle = { link, machines: [{ link: { upBps: LINK_BPS, downBps: Infinity } }, {}] };
    const forgetful = chain({ ...idle, tcp: aTcp({ timeoutS: 0.25 }) });
    const patient = chain({ ...idle, tcp: aTcp({ timeoutS: 16 }) });
    expect(forgetful).toBeGreaterThan(patient);
  });

  it('starts slowly when a cable is back, be it that it began while that was out', () => {
    const link = { upBps: LINK_BPS, downBps: LINK_BPS };
    const cut = (atS: number, forS: number) => [
      {
        linkChanges: [
          { atS, link: { upBps: 0, downBps: 0 } },
          { atS: atS + forS, link },
        ],
      },
    ];
    const startS = 3 * roundTripS - 56 / 1024;
    // Tries come 5/16 s after the cut and twice as long after each other: the first after 20 s at 39.6875, after 2 s at 2.1875.
    expect(lastS({ link, machines: cut(0, 20), tcp: aTcp() })).toBeCloseTo(39.6875 + 8 + startS, 9);
    const twice = lastS({ link, machines: cut(4, 2), tcp: aTcp() });
    expect(twice).toBeCloseTo(connectS + 8 + startS + 2.1875 + startS, 9);
  });

  it('starts slowly for every file that a machine boots from', () => {
    const boot = aBoot([byHttp(PIECE_BYTES), byHttp(PIECE_BYTES)]);
    const { machines } = simulate(
      aModel({ machines: 1, latencyS, transport: aMulticast(), boot, tcp: aTcp() }),
      1,
    );
    const file = slowStartS({ bytes: PIECE_BYTES, firstWindowBytes: 2 ** 13, roundTripS, rateBps: LINK_BPS });
    expect(machines[0]!.phases.boot![1]).toBeCloseTo(2 * (connectS + file), 12);
  });

  it('loses no byte of a swarm, whoever dies', () => {
    const machines = [{ diesAfterS: 5 }, {}, {}, {}, {}, {}];
    const tcp = aTcp({ timeoutS: 0 });
    const swarm = simulate(aModel({ machines, pieces: 32, latencyS, tcp }), 1);
    const sum = (of: (machine: (typeof swarm.machines)[number]) => number) =>
      swarm.machines.reduce((total, machine) => total + of(machine), 0);
    const sent = swarm.serverUploadedBytes + sum(({ uploadedBytes }) => uploadedBytes);
    expect(sent).toBeCloseTo(sum(({ downloadedBytes }) => downloadedBytes) + swarm.wastedBytes, 3);
    expect(swarm.machines.map(({ doneS }) => doneS !== null)).toEqual([false, true, true, true, true, true]);
  });

  it('costs a swarm time where one upload has to fill a link, and next to none where four do', () => {
    const swarm = (slots: number, tcp?: TcpModel) =>
      lastS({
        machines: 8,
        pieces: 64,
        transport: aSwarm({ uploadSlots: slots, seederSlots: slots }),
        ...(tcp && { tcp }),
      });
    const tcp = aTcp({ timeoutS: 0 });
    expect(swarm(1, tcp)).toBeGreaterThan(1.1 * swarm(1));
    expect(swarm(4, tcp)).toBeLessThan(1.02 * swarm(4));
  });
});

describe('TCP under loss', () => {
  const path = { segmentBytes: SEGMENT, roundTripS };

  it('carries what Mathis et al. say, each connection by itself', () => {
    const tcp = aTcp({ isSlowStart: false, underLoss: 'mathis' });
    const rateBps = mathisBps({ ...path, loss: 0.01 });
    expect(rateBps).toBeCloseTo(SEGMENT * 16 * Math.sqrt(150), 6);
    const wishes = { pieces: 1, loss: 0.01, tcp };
    expect(lastS(wishes)).toBeCloseTo(connectS + PIECE_BYTES / rateBps, 9);
    expect(lastS({ ...wishes, machines: 4 })).toBeCloseTo(connectS + PIECE_BYTES / rateBps, 9);
  });

  it('carries what Padhye et al. say, less where packets are waited for', () => {
    const tcp = aTcp({ isSlowStart: false, underLoss: 'padhye' });
    const rateBps = padhyeBps({ ...path, loss: 0.05 }, roundTripS + 0.25);
    expect(lastS({ pieces: 1, loss: 0.05, tcp })).toBeCloseTo(connectS + PIECE_BYTES / rateBps, 9);
    expect(padhyeBps({ ...path, loss: 0.05 }, 1)).toBeLessThan(rateBps);
  });

  it('is the same by both where no timeout counts, and five times less by Padhye on a LAN', () => {
    const ratio = (loss: number, way = path) =>
      padhyeBps({ ...way, loss }, way.roundTripS + 0.2) / mathisBps({ ...way, loss });
    expect(padhyeBps({ ...path, loss: 0.01 }, 0)).toBeCloseTo(mathisBps({ ...path, loss: 0.01 }), 6);
    expect(ratio(0.0001)).toBeGreaterThan(0.99);
    expect(ratio(0.02)).toBeLessThan(0.9);
    expect(ratio(0.01, { ...path, roundTripS: 0.001 })).toBeLessThan(1 / 5);
  });

  it('refuses losses outside of what was checked', () => {
    expect(() => mathisBps({ ...path, loss: 0.03 })).toThrow('loss is 0.03: allowed is a share up to 0.02');
    expect(() => padhyeBps({ ...path, loss: 0.2 }, 0.2)).toThrow('allowed is a share up to 0.1');
  });

  it('says nothing of multicast, which has its own losses', () => {
    const wishes = { transport: aMulticast(), loss: 0.01 };
    expect(lastS({ ...wishes, tcp: aTcp({ underLoss: 'mathis' }) })).toBe(lastS(wishes));
  });
});
