import { requirePositive, requireRate, requireWhole } from './domain.ts';
import { type ClientServerLinks, clientServerBoundS } from './kumar-ross.ts';

/** Machines of equal links that are served in groups, one group after the other. */
export interface UnicastWaves {
  /** F: bytes that one machine has to receive. */
  readonly wireBytes: number;
  /** u_s: upload rate of the server [byte/s]. */
  readonly seederUpBps: number;
  /** d: download rate of every machine [byte/s]. */
  readonly downBps: number;
  /** n: machines that receive, the server not counted. */
  readonly machines: number;
  /** w: machines served at a time; more than n is one wave. */
  readonly wave: number;
}

/**
 * Makespan [s] of n machines that start together and share the server's uplink max-min fairly:
 * `max{ F/d_min, n F/u_s }`, for links of any rate. The bound of Kumar and Ross (2006) for client-server is
 * reached: the slowest machine either has `d_min` from the start, or all have an equal share until the end.
 * Only where all d are equal is it the latency of every machine.
 * Convention: the server is not counted in n; a rate of Infinity is no limit.
 * @throws RangeError where a rate or size is out of range
 */
export function unicastTogetherS(links: ClientServerLinks): number {
  return clientServerBoundS(links);
}

/**
 * Makespan [s] in waves of w, with `r = n mod w`:
 * `floor(n/w) max(F/d, w F/u_s) + [r > 0] max(F/d, r F/u_s)`.
 * Source: the formula above, wave by wave. Convention: the server is not counted in n, all d are equal, and a
 * wave starts when the last machine of the one before is done.
 * @throws RangeError where a rate, size or number is out of range
 */
export function unicastWavesS({ wireBytes, seederUpBps, downBps, machines, wave }: UnicastWaves): number {
  requirePositive({ wireBytes });
  requireRate({ seederUpBps, downBps });
  requireWhole({ machines, wave });
  const waveS = (size: number) => Math.max(wireBytes / downBps, (size * wireBytes) / seederUpBps);
  const left = machines % wave;
  const fullWavesS = Math.floor(machines / wave) * waveS(wave);
  return left === 0 ? fullWavesS : fullWavesS + waveS(left);
}
