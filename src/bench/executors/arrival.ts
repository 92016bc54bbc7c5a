import type { ArrivalModel } from '../../sim/index.ts';
import type { Scenario } from '../scenario/schema.ts';

/** How the machines of a scenario are powered on, in the words of the simulator. */
export function arrivalOf(start: Scenario['fleet']['start']): ArrivalModel {
  if (start === 'together') return { kind: 'together' };
  if ('staggered' in start) return { kind: 'staggered', intervalS: start.staggered };
  return { kind: 'poisson', intervalS: start.poisson };
}
