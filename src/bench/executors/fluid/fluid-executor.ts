import type { Executor, PlannedRun } from '../executor.ts';
import { formulaOutcome } from '../formula-outcome.ts';
import { outsideFluidLimits } from './fluid-limits.ts';
import { predictCrowd, predictSteady } from './fluid-prediction.ts';

const CROWD =
  'The fluid model for a fleet that starts together is the time in which all links can carry all copies, and the time in which a piece spreads by the upload slots. Simulated swarms of 1,000 to 100,000 machines took up to 3 % longer with the handout `random`, and up to 8 % with `regular`.';
const STEADY =
  'The fluid model for machines that come one after the other is the steady state of Qiu and Srikant: it supposes pieces without size, and that everybody finds those who are there.';

/**
 * Swarms of a thousand to millions of machines, at once and without chance: closed forms where the fleet starts
 * together, the steady state of the fluid swarm where machines come and go. Other transports have exact formulas for any
 * number of machines (`theory`).
 */
export const fluidExecutor: Executor = {
  name: 'fluid',
  transports: ['p2p'],
  isSeeded: false,
  hasWholePieces: true,
  unsupported: outsideFluidLimits,
  run: ({ scenario, transport, machines }: PlannedRun) => {
    const isCrowd = scenario.fleet.start === 'together';
    const prediction = isCrowd ? predictCrowd(scenario, machines) : predictSteady(scenario, machines);
    return Promise.resolve(
      formulaOutcome(scenario, prediction, { transport, limitation: isCrowd ? CROWD : STEADY }),
    );
  },
};
