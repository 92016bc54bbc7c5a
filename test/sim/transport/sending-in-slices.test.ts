import { assert, boolean, constantFrom, double, integer, nat, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LinkChange, MachineModel, SlicesModel } from '../../../src/sim/deployment-model.ts';
import { simulate } from '../../../src/sim/simulate.ts';
import { slicedMulticastS } from '../../../src/sim/theory/multicast-slices.ts';
import { expectedRounds, expectedTransmissions } from '../../../src/sim/theory/packet-loss.ts';
import { aModel, aMulticast, LINK_BPS, PIECE_BYTES, someMachines } from '../a-model.ts';
import { doneTimes, failures, makespanS, sigmasOff } from '../readings.ts';

const LINK = { upBps: LINK_BPS, downBps: LINK_BPS };
const PACKET_BYTES = PIECE_BYTES / 16;

/** Packets of a sixteenth of a second. */
function sliced(slices: Partial<SlicesModel>, { roundS = 0, dropAfterS = 0, waitS = 0 } = {}) {
  return aMulticast({
    packetBytes: PACKET_BYTES,
    slices: { packets: 16, isFullDuplex: false, askAgainS: 0, ...slices },
    ...{ roundS, dropAfterS, waitS },
  });
}

function cut(atS: number, forS: number): { linkChanges: LinkChange[] } {
  return {
    linkChanges: [
      { atS, link: { upBps: 0, downBps: 0 } },
      { atS: atS + forS, link: LINK },
    ],
  };
}

describe('a multicast in slices', () => {
  it('takes its closed form where nothing is lost, for any slices', () => {
    const sessions = record({
      tenths: integer({ min: 1, max: 160 }),
      packets: integer({ min: 1, max: 300 }),
      isFullDuplex: boolean(),
      latencyS: constantFrom(0, 0.01, 0.5),
      roundS: constantFrom(0, 0.02),
    });
    assert(
      property(sessions, ({ tenths, packets, isFullDuplex, latencyS, roundS }) => {
        const wireBytes = Math.floor((tenths / 10) * PIECE_BYTES);
        const transport = sliced({ packets, isFullDuplex }, { roundS, waitS: 3 });
        const model = aModel({ wireBytes, rawBytes: wireBytes, latencyS, transport, link: LINK });
        const expectedS = slicedMulticastS({
          ...{ wireBytes, packetBytes: PACKET_BYTES, slicePackets: packets, isFullDuplex },
          ...{ exchangeS: 2 * latencyS + roundS, rateBps: LINK_BPS, waitS: 3 },
        });
        expect(makespanS(simulate(model, 1))).toBeCloseTo(expectedS + latencyS, 9);
      }),
    );
  });

  it('waits for answers after each slice in half duplex, and sends on meanwhile in full duplex', () => {
    const takes = (isFullDuplex: boolean, latencyS: number) =>
      makespanS(
        simulate(aModel({ pieces: 8, latencyS, transport: sliced({ isFullDuplex }), link: LINK }), 1),
      );
    expect(takes(false, 0.25)).toBe(8 + 7 * 0.5 + 0.25);
    expect(takes(true, 0.25)).toBe(8 + 0.25);
    expect(takes(true, 1)).toBe(8 + 6 * (2 - 1) + 1);
  });

  it.each([
    [1, 0.2, true],
    [5, 0.1, false],
    [20, 0.05, true],
  ])(
    'to %i machines at loss %d sends every packet E[tx] times, within 3 sigma, full duplex: %s',
    (machines, loss, isFullDuplex) => {
      // Answers come while the next slice is being sent.
      const wishes = { machines, loss, latencyS: 1 / 8, link: LINK };
      const model = aModel({ ...wishes, transport: sliced({ isFullDuplex }) });
      const copies = Array.from({ length: 300 }, (_, randomSeed) => {
        const { serverUploadedBytes } = simulate(model, randomSeed);
        return serverUploadedBytes / model.wireBytes;
      });
      expect(sigmasOff(copies, expectedTransmissions(machines, loss))).toBeLessThan(3);
    },
  );

  it.each([0.02, 0.2])(
    'to one machine at loss %d takes its closed form in half duplex, within 3 sigma',
    (loss) => {
      const [latencyS, roundS, askAgainS] = [0.125, 0.25, 0.5];
      const transport = sliced({ askAgainS }, { roundS });
      const model = aModel({ machines: 1, pieces: 8, latencyS, loss, transport, link: LINK });
      const times = Array.from({ length: 400 }, (_, randomSeed) => makespanS(simulate(model, randomSeed)));
      // Each question that is heard costs, beside the exchange, those that were not: two messages, either may be lost.
      const heard = (1 - loss) ** 2;
      const exchangeS = 2 * latencyS + roundS;
      const questionS = exchangeS + ((exchangeS + askAgainS) * (1 - heard)) / heard;
      // The answer that the last slice is whole is not waited for.
      const questions = 8 * expectedRounds(1, 16, loss) - 1;
      expect(sigmasOff(times, 8 / (1 - loss) + questions * questionS + latencyS)).toBeLessThan(3);
    },
  );

  it('costs more with shorter slices, a longer round trip and more receivers, where packets are lost', () => {
    const takes = (packets: number, latencyS: number, machines: number) => {
      const transport = sliced({ packets, isFullDuplex: true, askAgainS: 0.0625 });
      const model = aModel({ machines, pieces: 32, latencyS, loss: 0.02, transport, link: LINK });
      const times = Array.from({ length: 20 }, (_, randomSeed) => makespanS(simulate(model, randomSeed)));
      return times.reduce((sum, timeS) => sum + timeS - latencyS, 0) / times.length;
    };
    const usual = takes(64, 1 / 16, 10);
    expect(takes(8, 1 / 16, 10)).toBeGreaterThan(usual * 1.05);
    expect(takes(64, 1, 10)).toBeGreaterThan(usual * 1.05);
    expect(takes(64, 1 / 16, 100)).toBeGreaterThan(usual * 1.05);
  });

  it('is never faster than one copy, and brings it to all', () => {
    const sessions = record({
      machines: integer({ min: 1, max: 8 }),
      packets: integer({ min: 1, max: 100 }),
      isFullDuplex: boolean(),
      loss: double({ min: 0, max: 0.5, noNaN: true }),
      latencyS: constantFrom(0, 0.05, 1),
      askAgainS: constantFrom(0, 0.01, 2),
      randomSeed: nat(),
    });
    assert(
      property(sessions, ({ machines, packets, isFullDuplex, askAgainS, randomSeed, ...chance }) => {
        const transport = sliced({ packets, isFullDuplex, askAgainS });
        const result = simulate(aModel({ machines, transport, link: LINK, ...chance }), randomSeed);
        expect(makespanS(result)).toBeLessThan(Infinity);
        expect(Math.min(...doneTimes(result).map((doneS) => doneS!))).toBeGreaterThanOrEqual(8 - 1e-9);
        const { serverUploadedBytes, wastedBytes } = result;
        expect(serverUploadedBytes - wastedBytes).toBeCloseTo(8 * PIECE_BYTES, 3);
      }),
    );
  });
});

describe('a multicast in slices in which something goes wrong', () => {
  const PATIENT = sliced({ isFullDuplex: true }, { dropAfterS: 3 });
  const castTo = (machines: readonly Partial<MachineModel>[]) =>
    simulate(aModel({ machines, pieces: 8, link: LINK, transport: PATIENT }), 1);

  it('stands still for a machine that died until the sender drops it, and goes on without it', () => {
    expect(doneTimes(castTo([{}, {}, { diesAfterS: 4 }]))).toEqual([11, 11, null]);
  });

  it('waits for a cable that is out, or drops who is cut off for longer', () => {
    expect(doneTimes(castTo([{}, cut(4, 2)]))).toEqual([10, 10]);
    const dropped = castTo([{}, cut(4, 5)]);
    expect(doneTimes(dropped)).toEqual([11, null]);
    expect(failures(dropped)[1]).toBe('the sender dropped it, as it did not answer');
  });

  it('sends until nobody is left', () => {
    const { serverUploadedBytes, wastedBytes } = castTo([{ diesAfterS: 6 }, { diesAfterS: 4 }]);
    expect([serverUploadedBytes / PIECE_BYTES, wastedBytes / PIECE_BYTES]).toEqual([4, 4]);
  });

  it('goes on for who lacks something when one is dropped that was sent everything', () => {
    // One slice of four packets is sent in eight seconds: who loses nothing of it has it after nine, and dies before that.
    const transport = { ...sliced({}, { dropAfterS: 3 }), packetBytes: 2 * PIECE_BYTES };
    const machines = [{ diesAfterS: 8.5 }, {}];
    for (let randomSeed = 1; randomSeed <= 30; randomSeed++) {
      const model = aModel({ machines, pieces: 8, loss: 0.3, latencyS: 1, link: LINK, transport });
      const result = simulate(model, randomSeed);
      expect(doneTimes(result)).toEqual([null, expect.any(Number)]);
      expect(result.serverUploadedBytes).toBeGreaterThanOrEqual(8 * PIECE_BYTES);
    }
  });

  it('goes on for the others whatever they had lost', () => {
    const transport = { ...PATIENT, slices: { packets: 16, isFullDuplex: true, askAgainS: 0.125 } };
    const machines = someMachines(10, 5, { diesAfterS: 4.1 });
    for (let randomSeed = 1; randomSeed <= 30; randomSeed++) {
      const result = simulate(aModel({ machines, loss: 0.3, link: LINK, transport }), randomSeed);
      expect(doneTimes(result).filter((doneS) => doneS === null)).toHaveLength(5);
      expect(Math.max(...doneTimes(result).map((doneS) => doneS ?? 0))).toBeLessThan(100);
    }
  });
});
