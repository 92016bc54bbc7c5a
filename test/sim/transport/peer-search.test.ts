import { describe, expect, it } from 'vitest';
import { simulate } from '../../../src/sim/simulate.ts';
import { aModel, aSwarm, LINK_BPS, PIECE_BYTES } from '../a-model.ts';
import { doneTimes, failures, finishedTimes, makespanS } from '../readings.ts';

const EQUAL = { upBps: LINK_BPS, downBps: LINK_BPS };

describe('a swarm whose machines have few connections', () => {
  it('is unicast where they have but one: to the server', () => {
    const result = simulate(aModel({ machines: 4, transport: aSwarm({ mostConnections: 1 }) }), 1);
    expect(makespanS(result)).toBeCloseTo(4 * 8, 9);
    expect(result.serverUploadedBytes).toBe(4 * 8 * PIECE_BYTES);
    expect(result.machines.every(({ uploadedBytes }) => uploadedBytes === 0)).toBe(true);
  });

  it('lets two who know but the server be stuck when it leaves, and find each other when they ask again', () => {
    const model = aModel({
      machines: 2,
      seederLeavesAfterBytes: 8 * PIECE_BYTES,
      transport: aSwarm({ mostConnections: 1 }),
    });
    expect(failures(simulate(model, 1))).not.toContain(null);
    // They have four pieces each, ask at 10 s, find each other, and a piece a second goes each way.
    const asking = aSwarm({ mostConnections: 1, announceS: 10 });
    expect(doneTimes(simulate({ ...model, transport: asking }, 1))).toEqual([14, 14]);
  });

  it('ends where it has stalled, however often its machines would ask', () => {
    const model = aModel({
      machines: 3,
      seederLeavesAfterBytes: 4 * PIECE_BYTES,
      transport: aSwarm({ announceS: 0.5 }),
    });
    const stalled = simulate(model, 1);
    expect(failures(stalled).every((failure) => failure?.includes('none of its neighbours has piece'))).toBe(
      true,
    );
  });

  it('goes on asking when somebody has gone, whose place is free then', () => {
    const model = aModel({
      machines: [{ diesAfterS: 50 }, {}, {}],
      pieces: 9,
      seederLeavesAfterBytes: 9 * PIECE_BYTES,
      transport: aSwarm({ mostConnections: 1, announceS: 10 }),
    });
    // Three pieces each. At 10 s the first finds another, which leaves one alone; at 16 s both have six, and nothing goes
    // on. Ten seconds after the death those who are left find each other, and lack three and six pieces.
    expect(finishedTimes(simulate(model, 1))).toEqual([63, 66]);
  });

  it('is slower with few connections, and asking again makes good for most of it', () => {
    const takes = (limits: Parameters<typeof aSwarm>[0]) => {
      const transport = aSwarm({ neighbours: 24, ...limits });
      return makespanS(simulate(aModel({ machines: 20, pieces: 256, link: EQUAL, transport }), 1)) / 256;
    };
    expect(takes({ announceS: 1 })).toBeLessThan(1.07);
    expect(takes({ mostConnections: 48 })).toBeLessThan(1.07);
    expect(takes({ mostConnections: 8 })).toBeGreaterThan(1.5);
    expect(takes({ mostConnections: 8, announceS: 10 })).toBeLessThan(1.2);
  });

  it('goes on asking while pieces are under way, since chance may have named but those who have no room', () => {
    const transport = aSwarm({ neighbours: 24, mostConnections: 3, announceS: 4 });
    const result = simulate(aModel({ machines: 200, pieces: 64, link: EQUAL, transport }), 1);
    expect(makespanS(result) / 64).toBeLessThan(3);
  });

  it('loses nobody among neighbours who have left, where machines come, serve and go', () => {
    const unfinished = (limits: Parameters<typeof aSwarm>[0]) => {
      const transport = aSwarm({ uploadSlots: 1, neighbours: 8, staysForS: 25, ...limits });
      const link = { upBps: LINK_BPS, downBps: 1.25 * LINK_BPS };
      const arrival = { kind: 'poisson', intervalS: 0.5 } as const;
      const model = aModel({ machines: 600, pieces: 50, link, arrival, transport });
      return failures(simulate(model, 1)).filter((failure) => failure !== null).length;
    };
    expect(unfinished({})).toBeGreaterThan(0);
    expect(unfinished({ announceS: 10 })).toBe(0);
  });

  it('grows by peer exchange where the tracker is gone', () => {
    const takes = (limits: Parameters<typeof aSwarm>[0], trackerStopsAfterS?: number) => {
      const transport = aSwarm({ neighbours: 24, mostConnections: 8, ...limits });
      const model = aModel({ machines: 20, pieces: 256, link: EQUAL, transport });
      return makespanS(simulate(trackerStopsAfterS ? { ...model, trackerStopsAfterS } : model, 1)) / 256;
    };
    expect(takes({ announceS: 10 })).toBeLessThan(1.2);
    expect(takes({ announceS: 10 }, 0.5)).toBeGreaterThan(1.5);
    expect(takes({ announceS: 10, pexS: 60 }, 0.5)).toBeLessThan(1.3);
  });

  it('is found by nobody who comes when the tracker is gone', () => {
    const model = aModel({
      machines: [{}, { joinsAfterS: 3 }, { joinsAfterS: 5 }],
      trackerStopsAfterS: 4,
      transport: aSwarm({ announceS: 1, pexS: 1 }),
    });
    const [first, second, third] = failures(simulate(model, 1));
    expect([first, second]).toEqual([null, null]);
    expect(third).toBe('the deployment stalled: it has 0 of 8 pieces, and it knows nobody who is there');
  });

  it('ends where it has stalled, however often its machines would tell each other', () => {
    const model = aModel({
      machines: 3,
      seederLeavesAfterBytes: 4 * PIECE_BYTES,
      transport: aSwarm({ pexS: 0.5 }),
    });
    expect(failures(simulate(model, 1))).not.toContain(null);
  });

  it('loses nobody among neighbours who have left, where machines tell each other of others', () => {
    const transport = aSwarm({ uploadSlots: 1, neighbours: 8, staysForS: 25, pexS: 5 });
    const link = { upBps: LINK_BPS, downBps: 1.25 * LINK_BPS };
    const arrival = { kind: 'poisson', intervalS: 0.5 } as const;
    const model = aModel({ machines: 600, pieces: 50, link, arrival, transport });
    expect(failures(simulate(model, 1)).filter((failure) => failure !== null)).toEqual([]);
  });

  it('has no tracker to lose where all lists are made before', () => {
    const model = aModel({ trackerStopsAfterS: 4 });
    expect(() => simulate(model, 1)).toThrow('trackerStopsAfterS: found 4, allowed is none');
  });
});
