import type { ArrivalModel } from '../deployment-model.ts';
import type { RandomStream } from '../kernel/random-stream.ts';

/** Power-on times [s] of all machines; the first is at 0. */
export function arrivalTimes(machines: number, arrival: ArrivalModel, stream: RandomStream): Float64Array {
  const times = new Float64Array(machines);
  if (arrival.kind === 'together') return times;
  for (let machine = 1; machine < machines; machine++) {
    const gapS = arrival.kind === 'staggered' ? arrival.intervalS : stream.exponential(arrival.intervalS);
    times[machine] = times[machine - 1]! + gapS;
  }
  return times;
}
