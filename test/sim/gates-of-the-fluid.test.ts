/** Gate 9: where the fluid swarm of Qiu and Srikant and the simulator overlap they say the same. */
import { describe, expect, it } from 'vitest';
import type { LinkModel } from '../../src/sim/deployment-model.ts';
import { type SimulatedDeployment, simulate } from '../../src/sim/simulate.ts';
import { timeToEmptyS } from '../../src/sim/theory/flash-crowd.ts';
import { fluidSteadyState } from '../../src/sim/theory/fluid.ts';
import { aModel, aSwarm, LINK_BPS } from './a-model.ts';
import { makespanS } from './readings.ts';

/** Heavy on a busy computer; no claim about time. */
const PATIENT = { timeout: 600_000 };

const PIECES = 100;
/** Machines that arrive in the time of one copy; with so many neighbours everybody who is there can be found. */
const PER_COPY = 80;
const ARRIVALS = 1500;
const NEIGHBOURS = 4 * PER_COPY;

/** Machines that come one by one and leave: mean time of those that come when the swarm has settled [copies]. */
function settledMean(link: LinkModel, stayCopies: number): number {
  const model = aModel({
    machines: ARRIVALS,
    pieces: PIECES,
    link,
    arrival: { kind: 'poisson', intervalS: PIECES / PER_COPY },
    transport: aSwarm({
      uploadSlots: 1,
      neighbours: NEIGHBOURS,
      picker: 'sampled',
      staysForS: stayCopies * PIECES,
    }),
  });
  return meanOf(simulate(model, 1), ARRIVALS / 5) / PIECES;
}

function meanOf({ machines }: SimulatedDeployment, from: number): number {
  const settled = machines.slice(from);
  return settled.reduce((sum, { doneS, poweredOnS }) => sum + doneS! - poweredOnS, 0) / settled.length;
}

function fluidMean(downCopiesPerS: number, stayCopies: number): number {
  const rates = { arrivalsPerS: PER_COPY, abortsPerS: 0, upCopiesPerS: 1, effectiveness: 1 };
  return fluidSteadyState({ ...rates, downCopiesPerS, departuresPerS: 1 / stayCopies }).meanS;
}

describe('gate 9: the steady state with Poisson arrivals has the mean of the fluid swarm within 5 %', () => {
  it.each([
    ['uplinks', Infinity, 0.5],
    ['download links', 1.25, 1.2],
  ])('where %s are the limit', PATIENT, (_, downCopies, stayCopies) => {
    const link = { upBps: LINK_BPS, downBps: downCopies * LINK_BPS };
    const ratio = settledMean(link, stayCopies) / fluidMean(downCopies, stayCopies);
    expect(Math.abs(ratio - 1)).toBeLessThan(0.05);
  });
});

describe('gate 9: ten thousand machines without download limit are done within 5 % of the fluid’s time to empty', () => {
  it('in 400 pieces, one upload at a time', PATIENT, () => {
    const swarm = {
      uploadSlots: 1,
      seederSlots: 1,
      neighbours: 24,
      picker: 'sampled',
      handout: 'random',
    } as const;
    const model = aModel({ machines: 10_000, pieces: 400, transport: aSwarm(swarm) });
    const ratio = makespanS(simulate(model, 1)) / timeToEmptyS({ machines: 10_000, copyS: 400 });
    expect(Math.abs(ratio - 1)).toBeLessThan(0.05);
  });
});
