import { array, assert, double, integer, property, record, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededMakespanS } from '../../../src/sim/theory/branching.ts';
import { peerToPeerBoundS } from '../../../src/sim/theory/kumar-ross.ts';
import { mundingerS } from '../../../src/sim/theory/mundinger.ts';
import { type CappedSwarm, swarmPredictionS } from '../../../src/sim/theory/swarm-prediction.ts';

function aSwarm(machines: number, link: { up: number; down: number }): CappedSwarm {
  return {
    wireBytes: 1000,
    pieceBytes: 10,
    seederUpBps: link.up,
    upBps: Array<number>(machines).fill(link.up),
    downBps: Array<number>(machines).fill(link.down),
  };
}

const rate = () => double({ min: 1, max: 1000, noNaN: true });
const swarms = record({
  wireBytes: rate(),
  pieceBytes: rate(),
  seederUpBps: rate(),
  connectionBps: rate(),
  machines: array(tuple(rate(), rate()), { minLength: 1, maxLength: 30 }),
}).map(({ machines, ...swarm }) => ({
  ...swarm,
  upBps: machines.map(([up]) => up),
  downBps: machines.map(([, down]) => down),
}));

describe('swarm prediction', () => {
  it('is Mundinger for equal links without a cap', () => {
    const pieces = integer({ min: 1, max: 5000 });
    assert(
      property(integer({ min: 1, max: 500 }), pieces, rate(), (machines, count, up) => {
        const swarm = { ...aSwarm(machines, { up, down: up }), wireBytes: 10 * count };
        const optimum = mundingerS({ wireBytes: 10 * count, pieces: count, machines, linkBps: up });
        expect(swarmPredictionS(swarm) / optimum).toBeCloseTo(1, 12);
      }),
    );
  });

  it('is the branching makespan for one piece, with a cap that does not bind and faster downloads', () => {
    for (const machines of [1, 2, 3, 20, 1024]) {
      const swarm = { ...aSwarm(machines, { up: 10, down: 25 }), pieceBytes: 1000, connectionBps: 10 };
      expect(swarmPredictionS(swarm)).toBe(seededMakespanS(machines, 100));
    }
  });

  it('lets one lone machine have no more than one connection', () => {
    const swarm = { ...aSwarm(1, { up: 100, down: Infinity }), connectionBps: 10 };
    expect(swarmPredictionS(swarm)).toBe(100);
  });

  it('explains why 20 machines can be faster than one', () => {
    const capped = (machines: number) =>
      swarmPredictionS({ ...aSwarm(machines, { up: 94, down: 94 }), connectionBps: 27 });
    const uncapped = (machines: number) => swarmPredictionS(aSwarm(machines, { up: 94, down: 94 }));
    expect(capped(20)).toBeLessThan(capped(1));
    expect(uncapped(20)).toBeGreaterThan(uncapped(1));
  });

  it('has no doubling term where no uplink has a limit', () => {
    const swarm = { ...aSwarm(20, { up: Infinity, down: 10 }), pieceBytes: 500 };
    expect(swarmPredictionS(swarm)).toBe(100);
  });

  it('doubles over the slowest uplink of all', () => {
    const even = aSwarm(4, { up: 10, down: 100 });
    const uneven = { ...even, upBps: [10, 5, 10, Infinity] };
    expect(swarmPredictionS(even)).toBe(100 + 2);
    expect(swarmPredictionS(uneven)).toBe(100 + 4);
  });

  it('takes an image shorter than a piece as one piece', () => {
    const swarm = { ...aSwarm(2, { up: 10, down: 10 }), pieceBytes: 1e6 };
    expect(swarmPredictionS(swarm)).toBe(200);
  });

  it('is never below Kumar and Ross', () => {
    assert(
      property(swarms, (swarm) => {
        expect(swarmPredictionS(swarm)).toBeGreaterThanOrEqual(peerToPeerBoundS(swarm));
      }),
    );
  });

  it('is never slower with a wider cap', () => {
    assert(
      property(swarms, (swarm) => {
        const wider = swarmPredictionS({ ...swarm, connectionBps: swarm.connectionBps * 1.5 });
        expect(wider).toBeLessThanOrEqual(swarmPredictionS(swarm));
      }),
    );
  });
});
