import { requirePositive, requireRate, requireWhole } from './domain.ts';

/** A fleet of equal machines that starts together beside one seeder. */
export interface LargeSwarm {
  /** F: bytes that one machine has to receive. */
  readonly wireBytes: number;
  /** s: piece length [byte]; an image shorter than that is one piece of its own length. */
  readonly pieceBytes: number;
  /** n: machines that receive, the seeder not counted. */
  readonly machines: number;
  /** u_s: upload rate of the seeder [byte/s]. */
  readonly seederUpBps: number;
  /** u: upload rate of each machine [byte/s]. */
  readonly upBps: number;
  /** d: download rate of each machine [byte/s]. */
  readonly downBps: number;
  /** k: uploads of a machine at a time, which share its uplink. */
  readonly uploadSlots: number;
}

/** How long a swarm takes [s]. */
export interface SwarmTimes {
  readonly makespanS: number;
  readonly meanS: number;
  /** Part of the makespan in which pieces spread and uplinks wait for them. */
  readonly spreadingS: number;
}

/**
 * Makespan and mean latency of a large swarm, with no number that was fitted to anything:
 * `T = max{ F/u_s, F/d, n F/(u_s + n u) } + k (s/u) log_{k+1} n`, mean `T - s/u`.
 *
 * The maximum is the time in which all links together can carry all copies (Kumar and Ross 2006); its last part is the
 * time to empty of the fluid swarm (Qiu and Srikant 2004, eta = 1). What the fluid leaves out is that a piece has to
 * spread: whoever has it sends it to k others at once, which takes k piece times, so its holders become k + 1 times as
 * many in each. That is the branching model with k slots, and for k = 1 Mundinger's logarithm without its floor. Of the
 * machines that are done with the last piece all but the (k+1)-th part are done in the last of these steps, so that the
 * mean lies `k (1/(k+1) + 1/(k+1)^2 + ...) = 1` piece time before the end.
 *
 * It is a prediction, not a bound: it supposes that the newest piece always goes first and that everybody can reach
 * everybody. By how much simulated swarms are slower: `src/sim/README.md`.
 * Convention: the seeder is not counted in n; a rate of Infinity is no limit.
 * @throws RangeError where a size, rate or number is out of range
 */
export function largeSwarmTimes(swarm: LargeSwarm): SwarmTimes {
  const { wireBytes, pieceBytes, machines, seederUpBps, upBps, downBps, uploadSlots } = swarm;
  requirePositive({ wireBytes, pieceBytes });
  requireRate({ seederUpBps, upBps, downBps });
  requireWhole({ machines, uploadSlots });
  const pieceS = Math.min(pieceBytes, wireBytes) / upBps;
  const spreadingS = (uploadSlots * pieceS * Math.log(machines)) / Math.log(uploadSlots + 1);
  const carryingS = Math.max(
    wireBytes / seederUpBps,
    wireBytes / downBps,
    wireBytes / (seederUpBps / machines + upBps),
  );
  return {
    makespanS: carryingS + spreadingS,
    meanS: carryingS + spreadingS - Math.min(pieceS, spreadingS),
    spreadingS,
  };
}
