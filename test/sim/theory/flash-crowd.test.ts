import { describe, expect, it } from 'vitest';
import { type FlashCrowd, flashCrowdMeanS, timeToEmptyS } from '../../../src/sim/theory/flash-crowd.ts';
import type { FluidSwarm } from '../../../src/sim/theory/fluid.ts';
import { fluidTrajectory } from '../../../src/sim/theory/fluid-trajectory.ts';
import { mundingerS } from '../../../src/sim/theory/mundinger.ts';

const STEPS_PER_COPY = 2000;

/** Follows the differential equations until nobody downloads: time to empty and area under x(t) per machine. */
function followed({ machines, copyS, effectiveness = 1, seeds = 1 }: FlashCrowd) {
  const swarm: FluidSwarm = {
    arrivalsPerS: 0,
    abortsPerS: 0,
    departuresPerS: 0,
    downCopiesPerS: Infinity,
    upCopiesPerS: 1 / copyS,
    effectiveness,
  };
  let area = 0;
  let before = { timeS: 0, downloaders: machines };
  const trajectory = fluidTrajectory(swarm, { downloaders: machines, seeds }, copyS / STEPS_PER_COPY);
  for (const point of trajectory.take(20 * STEPS_PER_COPY)) {
    area += ((point.timeS - before.timeS) * (Math.max(0, point.downloaders) + before.downloaders)) / 2;
    if (point.downloaders <= 0) return { emptyS: point.timeS, meanS: area / machines };
    before = point;
  }
  throw new Error('not empty after 20 copy times');
}

describe('flash crowd in the fluid model', () => {
  it('claims a mean of 0.5 tau for 10,000 machines, where the best swarm needs one tau to be done', () => {
    const crowd = { machines: 10_000, copyS: 60 };
    expect(flashCrowdMeanS(crowd) / 60).toBeCloseTo(0.5, 3);
    expect(timeToEmptyS(crowd) / 60).toBeCloseTo(1, 3);
    const best = mundingerS({ wireBytes: 60, pieces: 1000, machines: 10_000, linkBps: 1 });
    expect(Math.abs(timeToEmptyS(crowd) / best - 1)).toBeLessThan(0.05);
  });

  it('is empty after tau n/(n + 1) where all uplinks are always busy', () => {
    expect(timeToEmptyS({ machines: 3, copyS: 60 })).toBeCloseTo(45, 12);
    expect(timeToEmptyS({ machines: 3, copyS: 60, seeds: 3 })).toBeCloseTo(30, 12);
  });

  it('is empty after tau ln(n + 1) where only seeds upload', () => {
    expect(timeToEmptyS({ machines: 1000, copyS: 60, effectiveness: 0 })).toBeCloseTo(60 * Math.log(1001), 9);
  });

  it.each([1, 0.9, 0.5, 0])('is what the differential equations give at eta = %d', (effectiveness) => {
    const crowd = { machines: 10_000, copyS: 60, effectiveness };
    const { emptyS, meanS } = followed(crowd);
    // The step that ends below zero is cut there and may need one more.
    expect(Math.abs(emptyS - timeToEmptyS(crowd))).toBeLessThanOrEqual((2 * 60) / STEPS_PER_COPY);
    expect(flashCrowdMeanS(crowd) / meanS).toBeCloseTo(1, 3);
  });

  it('has a mean without a jump where the closed form gives way to its series', () => {
    const meanAt = (effectiveness: number) =>
      flashCrowdMeanS({ machines: 1, copyS: 1, seeds: 1, effectiveness });
    const [below, above] = [meanAt(0.8 + 1e-9), meanAt(0.8 - 1e-9)];
    expect(above).toBeGreaterThan(below);
    expect(above - below).toBeLessThan(1e-8);
  });

  it('is never empty sooner where uplinks are used worse', () => {
    const times = [1, 0.99, 0.9, 0.5, 0.1, 0].map((effectiveness) =>
      timeToEmptyS({ machines: 50, copyS: 60, effectiveness }),
    );
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });
});
