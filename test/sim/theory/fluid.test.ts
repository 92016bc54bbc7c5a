import { assert, double, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FluidSwarm, fluidRates, fluidSteadyState } from '../../../src/sim/theory/fluid.ts';
import { fluidTrajectory } from '../../../src/sim/theory/fluid-trajectory.ts';

/** Uplinks limit: 1/beta = 1/mu - 1/gamma = 400 s. */
const anUploadLimitedSwarm: FluidSwarm = {
  arrivalsPerS: 0.1,
  abortsPerS: 0,
  departuresPerS: 1 / 600,
  downCopiesPerS: 1 / 50,
  upCopiesPerS: 1 / 1000,
  effectiveness: 1,
};

describe('fluid swarm in the steady state', () => {
  it('takes 1/mu - 1/gamma where uplinks limit', () => {
    const { meanS, downloaders, seeds } = fluidSteadyState(anUploadLimitedSwarm);
    expect(meanS).toBeCloseTo(400, 9);
    expect(downloaders).toBeCloseTo(40, 9);
    expect(seeds).toBeCloseTo(60, 9);
  });

  it('takes 1/c where downlinks limit', () => {
    const { meanS } = fluidSteadyState({ ...anUploadLimitedSwarm, downCopiesPerS: 1 / 500 });
    expect(meanS).toBeCloseTo(500, 9);
  });

  it('takes longer by 1/eta where uplinks are used badly, and less where downloaders give up', () => {
    expect(fluidSteadyState({ ...anUploadLimitedSwarm, effectiveness: 0.5 }).meanS).toBeCloseTo(800, 9);
    expect(fluidSteadyState({ ...anUploadLimitedSwarm, abortsPerS: 1 / 400 }).meanS).toBeCloseTo(200, 9);
  });

  it('takes no time where seeds stay long and downloads have no limit', () => {
    const swarm = { ...anUploadLimitedSwarm, departuresPerS: 1 / 2000, downCopiesPerS: Infinity };
    const { meanS, downloaders, seeds } = fluidSteadyState(swarm);
    expect([meanS, downloaders]).toEqual([0, 0]);
    expect(seeds).toBeCloseTo(200, 9);
  });

  it('refuses seeds that never leave', () => {
    expect(() => fluidSteadyState({ ...anUploadLimitedSwarm, departuresPerS: 0 })).toThrow(
      'departuresPerS is 0: allowed is a finite number above 0',
    );
  });

  it('is where the model does not move', () => {
    const rate = (min: number) => double({ min, max: 0.1, noNaN: true });
    const swarms = record({
      arrivalsPerS: rate(0.01),
      abortsPerS: rate(0),
      departuresPerS: rate(0.001),
      downCopiesPerS: rate(0.001),
      upCopiesPerS: rate(0.001),
      effectiveness: double({ min: 0.1, max: 1, noNaN: true }),
    });
    assert(
      property(swarms, (swarm) => {
        const rates = fluidRates(swarm, fluidSteadyState(swarm));
        expect(rates.downloaders / swarm.arrivalsPerS).toBeCloseTo(0, 9);
        expect(rates.seeds / swarm.arrivalsPerS).toBeCloseTo(0, 9);
      }),
    );
  });

  it.each([
    ['uplinks limit', anUploadLimitedSwarm],
    ['downlinks limit', { ...anUploadLimitedSwarm, downCopiesPerS: 1 / 500 }],
    ['downloaders give up', { ...anUploadLimitedSwarm, abortsPerS: 1 / 1000, effectiveness: 0.8 }],
  ])('is where the trajectory ends when %s', (_case, swarm) => {
    const steady = fluidSteadyState(swarm);
    const last = fluidTrajectory(swarm, { downloaders: 0, seeds: 1 }, 5).drop(4000).next().value!;
    expect(last.timeS).toBe(20_000);
    expect(last.downloaders / steady.downloaders).toBeCloseTo(1, 6);
    expect(last.seeds / steady.seeds).toBeCloseTo(1, 6);
  });
});

describe('fluid trajectory', () => {
  /** Nobody comes or uploads; downloaders only give up: x = x(0) e^(-theta t). */
  const anAbandonedSwarm: FluidSwarm = {
    arrivalsPerS: 0,
    abortsPerS: 1,
    departuresPerS: 2,
    downCopiesPerS: Infinity,
    upCopiesPerS: 1e-300,
    effectiveness: 1,
  };
  const errorAtOne = (stepS: number) => {
    const start = { downloaders: 1, seeds: 1 };
    const end = fluidTrajectory(anAbandonedSwarm, start, stepS)
      .drop(1 / stepS)
      .next().value!;
    return Math.abs(end.downloaders - Math.exp(-1));
  };

  it('starts at the start', () => {
    const start = { downloaders: 7, seeds: 3 };
    expect(fluidTrajectory(anAbandonedSwarm, start, 0.1).next().value).toEqual({ timeS: 0, ...start });
  });

  it('is of order 4: half the step, a sixteenth of the error', () => {
    const gain = errorAtOne(1 / 8) / errorAtOne(1 / 16);
    expect(gain).toBeGreaterThan(14);
    expect(gain).toBeLessThan(18);
  });
});
