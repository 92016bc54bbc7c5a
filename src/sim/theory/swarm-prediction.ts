import { requirePositive, requireRate, requireRates } from './domain.ts';
import { doublings } from './doubling.ts';
import { peerToPeerBoundS } from './kumar-ross.ts';

/** A swarm of any links, with or without a limit per connection. */
export interface CappedSwarm {
  /** F: bytes that one machine has to receive. */
  readonly wireBytes: number;
  /** s: piece length [byte]; an image shorter than that is one piece of its own length. */
  readonly pieceBytes: number;
  /** u_s: upload rate of the seeder [byte/s]. */
  readonly seederUpBps: number;
  /** u_i: upload rate of each machine [byte/s]; their number is n. */
  readonly upBps: readonly number[];
  /** d_i: download rate of each machine [byte/s], in the order of `upBps`. */
  readonly downBps: readonly number[];
  /** c: most that one connection carries [byte/s]. Default Infinity. */
  readonly connectionBps?: number;
}

/**
 * Predicted makespan [s] of a well-run swarm. **A prediction, not a bound**: a clever schedule over unequal
 * links can be faster, real clients are slower.
 *
 * `T = max{ F/min(u_s, n c), F/min(d_i, n c) over i, n F/(min(u_s, n c) + sum_i min(u_i, n c)) }
 *      + floor(log2 n) s/b`, with b the slowest uplink of all, the seeder's included, after the cap of n c.
 * The first part is the bound of Kumar and Ross (2006) with every link cut to what n connections carry, for a
 * machine has n others: the seeder and n - 1 machines. (It uploads to n - 1 of them only; n c is generous for
 * few machines with unequal uplinks.) The second part is the time that the last piece takes to double, after
 * Mundinger, Weber, Weiss (2008); it is 0 where no uplink has a limit.
 * For equal links without a cap it is Mundinger's optimum, and with M = 1 the branching makespan.
 *
 * Convention: the seeder is not counted in n; a rate of Infinity is no limit.
 * @throws RangeError where a size or rate is out of range, or the two lists differ in length
 */
export function swarmPredictionS(swarm: CappedSwarm): number {
  const { wireBytes, pieceBytes, seederUpBps, upBps, downBps, connectionBps = Infinity } = swarm;
  requirePositive({ wireBytes, pieceBytes });
  requireRate({ seederUpBps, connectionBps });
  requireRates('upBps', upBps);
  const capped = (rate: number) => Math.min(rate, upBps.length * connectionBps);
  const seeder = capped(seederUpBps);
  const uplinks = upBps.map(capped);
  const slowestUpBps = uplinks.reduce((least, rate) => Math.min(least, rate), seeder);
  const spreadingS = (doublings(upBps.length) * Math.min(pieceBytes, wireBytes)) / slowestUpBps;
  const links = { wireBytes, seederUpBps: seeder, upBps: uplinks, downBps: downBps.map(capped) };
  return peerToPeerBoundS(links) + spreadingS;
}
