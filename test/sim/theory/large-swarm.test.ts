import { describe, expect, it } from 'vitest';
import { simulate } from '../../../src/sim/simulate.ts';
import { type LargeSwarm, largeSwarmTimes } from '../../../src/sim/theory/large-swarm.ts';
import { mundingerS } from '../../../src/sim/theory/mundinger.ts';
import { aModel, aSwarm } from '../a-model.ts';
import { finishedTimes, sumOf } from '../readings.ts';

/** Pieces and links of one byte and one byte per second: a piece time is a second. */
const aLargeSwarm = (wishes: Partial<LargeSwarm> & { pieces: number }): LargeSwarm => ({
  wireBytes: wishes.pieces,
  pieceBytes: 1,
  machines: 1024,
  seederUpBps: 1,
  upBps: 1,
  downBps: Infinity,
  uploadSlots: 1,
  ...wishes,
});

describe('the formula of a large swarm', () => {
  it.each([1, 100, 4292])('is Mundinger’s optimum for one slot and a power of two, %i pieces', (pieces) => {
    const best = mundingerS({ wireBytes: pieces, pieces, machines: 1024, linkBps: 1 });
    expect(largeSwarmTimes(aLargeSwarm({ pieces })).makespanS).toBeCloseTo(best, 9);
  });

  it('multiplies holders by k + 1 in k piece times', () => {
    const { makespanS, meanS, spreadingS } = largeSwarmTimes(
      aLargeSwarm({ pieces: 500, machines: 5 ** 6, uploadSlots: 4 }),
    );
    expect(spreadingS).toBeCloseTo(4 * 6, 9);
    expect(makespanS).toBeCloseTo(500 + 24, 9);
    expect(meanS).toBeCloseTo(500 + 23, 9);
  });

  it('is the slowest of seeder, download link and all uplinks together, and spreading', () => {
    const carrying = (wishes: Partial<LargeSwarm>) => {
      const { makespanS, spreadingS } = largeSwarmTimes(aLargeSwarm({ pieces: 100, ...wishes }));
      return makespanS - spreadingS;
    };
    expect(carrying({ seederUpBps: 0.5 })).toBeCloseTo(200, 9);
    expect(carrying({ downBps: 0.25 })).toBeCloseTo(400, 9);
    expect(carrying({ upBps: 0.5, machines: 10_000_000 })).toBeCloseTo(200, 3);
  });
});

describe('a simulated swarm whose pieces spread for less than a twentieth of the time', () => {
  it.each([
    { machines: 1000, pieces: 200, uploadSlots: 1, seederSlots: 1 },
    { machines: 1000, pieces: 330, uploadSlots: 4, seederSlots: 5 },
    { machines: 4000, pieces: 230, uploadSlots: 1, seederSlots: 1 },
  ])(
    'is within 5 %% of it: $machines machines, $pieces pieces, $uploadSlots slots',
    { timeout: 300_000 },
    ({ machines, pieces, ...slots }) => {
      const swarm = aSwarm({ ...slots, neighbours: 24, picker: 'sampled', handout: 'random' });
      const times = finishedTimes(simulate(aModel({ machines, pieces, transport: swarm }), 1));
      const predicted = largeSwarmTimes(aLargeSwarm({ pieces, machines, uploadSlots: slots.uploadSlots }));
      expect(times).toHaveLength(machines);
      expect(Math.abs(predicted.makespanS / times.at(-1)! - 1)).toBeLessThan(0.05);
      expect(Math.abs(predicted.meanS / (sumOf(times) / machines) - 1)).toBeLessThan(0.05);
    },
  );
});
