import { describe, expect, it } from 'vitest';
import { simulate } from '../../../src/sim/simulate.ts';
import { aChain, aModel, LINK_BPS, PIECE_BYTES } from '../a-model.ts';
import { doneTimes, failures, sumOf } from '../readings.ts';

const CUT_OFF =
  'the deployment stalled: a machine before it in the chain died, and a chain does not mend itself';
const KILLED = 'it was killed, as the scenario asks';

describe('chain', () => {
  it('passes every piece on as soon as it is there', () => {
    expect(doneTimes(simulate(aModel({ machines: 4, pieces: 8, transport: aChain() }), 1))).toEqual([
      8, 9, 10, 11,
    ]);
  });

  it('sets up a hop when its sender has the first piece', () => {
    const model = aModel({ machines: 3, pieces: 8, transport: aChain(2) });
    expect(doneTimes(simulate(model, 1))).toEqual([8, 11, 14]);
  });

  it('sets up a hop in two round trips besides', () => {
    const model = aModel({ machines: 2, pieces: 8, latencyS: 0.25, transport: aChain(2) });
    expect(doneTimes(simulate(model, 1))).toEqual([8, 12]);
  });

  it('goes at the pace of its slowest hop from there on', () => {
    const machines = [{}, { link: { upBps: LINK_BPS / 4, downBps: Infinity } }, {}, {}];
    // The third machine gets a piece every 4 seconds from 2 on.
    expect(doneTimes(simulate(aModel({ machines, pieces: 8, transport: aChain() }), 1))).toEqual([
      8, 9, 34, 35,
    ]);
  });

  it('starts when the last machine has arrived', () => {
    const arrival = { kind: 'staggered', intervalS: 10 } as const;
    const model = aModel({ machines: 3, pieces: 8, arrival, transport: aChain() });
    expect(doneTimes(simulate(model, 1))).toEqual([28, 29, 30]);
  });

  it('starts without a machine that was killed before', () => {
    const machines = [{}, { diesAfterS: 5 }, {}];
    const arrival = { kind: 'staggered', intervalS: 10 } as const;
    const result = simulate(aModel({ machines, pieces: 8, arrival, transport: aChain() }), 1);
    expect(doneTimes(result)).toEqual([28, null, 29]);
  });

  it('starts when the machine that all were waiting for is killed', () => {
    const machines = [{}, {}, { diesAfterS: 15 }];
    const arrival = { kind: 'staggered', intervalS: 10 } as const;
    const result = simulate(aModel({ machines, pieces: 8, arrival, transport: aChain() }), 1);
    expect(doneTimes(result)).toEqual([23, 24, null]);
  });

  it('fails behind a machine that was killed, and says why', () => {
    const machines = [{}, { diesAfterS: 4.5 }, {}, {}];
    const result = simulate(aModel({ machines, pieces: 8, transport: aChain() }), 1);
    expect(doneTimes(result)).toEqual([8, null, null, null]);
    expect(failures(result)).toEqual([null, KILLED, CUT_OFF, CUT_OFF]);
  });

  it('counts what was cut off in the middle as waste', () => {
    const machines = [{}, { diesAfterS: 4.5 }, {}];
    const result = simulate(aModel({ machines, pieces: 8, transport: aChain() }), 1);
    // Half a piece on its way to the machine, and half a piece on its way from it.
    expect(result.wastedBytes).toBe(PIECE_BYTES);
    expect(result.machines.map(({ downloadedBytes }) => downloadedBytes / PIECE_BYTES)).toEqual([8, 3, 2]);
  });

  it('goes on where the last machine was killed', () => {
    const machines = [{}, {}, { diesAfterS: 4 }];
    expect(doneTimes(simulate(aModel({ machines, pieces: 8, transport: aChain() }), 1))).toEqual([
      8,
      9,
      null,
    ]);
  });

  it('lets the server send one copy', () => {
    const result = simulate(aModel({ machines: 4, pieces: 8, transport: aChain() }), 1);
    expect(result.serverUploadedBytes).toBe(8 * PIECE_BYTES);
    expect(sumOf(result.machines.map(({ uploadedBytes }) => uploadedBytes))).toBe(24 * PIECE_BYTES);
  });
});
