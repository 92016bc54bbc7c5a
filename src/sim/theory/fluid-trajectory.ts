import { requireNonNegative, requirePositive } from './domain.ts';
import { type FluidState, type FluidSwarm, fluidRates, requireFluidSwarm } from './fluid.ts';

/** Where the fluid swarm is at one time. */
export interface FluidPoint extends FluidState {
  /** Time since the start [s]. */
  readonly timeS: number;
}

/**
 * The fluid swarm of Qiu and Srikant (2004) over time, by the classic Runge-Kutta method of order 4
 * (M. Kutta, 1901) with a fixed step. It never ends: take as many points as needed. The order drops to 1
 * in the one step in which the model changes its regime.
 * Convention: as in `fluid.ts`; the first point is the start itself.
 * @param stepS time between two points [s]
 * @throws RangeError where a rate, the start or the step is out of range
 */
export function* fluidTrajectory(
  swarm: FluidSwarm,
  start: FluidState,
  stepS: number,
): Generator<FluidPoint, never, void> {
  requireFluidSwarm(swarm);
  requireNonNegative({ downloaders: start.downloaders, seeds: start.seeds });
  requirePositive({ stepS });
  let state = start;
  for (let index = 0; ; index += 1) {
    yield { timeS: index * stepS, ...state };
    state = rungeKuttaStep(swarm, state, stepS);
  }
}

function rungeKuttaStep(swarm: FluidSwarm, state: FluidState, stepS: number): FluidState {
  const k1 = fluidRates(swarm, state);
  const k2 = fluidRates(swarm, moved(state, k1, stepS / 2));
  const k3 = fluidRates(swarm, moved(state, k2, stepS / 2));
  const k4 = fluidRates(swarm, moved(state, k3, stepS));
  const weighted = (of: keyof FluidState) => (k1[of] + 2 * k2[of] + 2 * k3[of] + k4[of]) / 6;
  return moved(state, { downloaders: weighted('downloaders'), seeds: weighted('seeds') }, stepS);
}

function moved({ downloaders, seeds }: FluidState, rates: FluidState, stepS: number): FluidState {
  return { downloaders: downloaders + rates.downloaders * stepS, seeds: seeds + rates.seeds * stepS };
}
