/**
 * Lower bounds of the makespan for links of any rate, in the fluid limit (pieces infinitely small).
 * Source: R. Kumar, K. W. Ross, "Peer-assisted file distribution: the minimum distribution time" (2006), which
 * also shows that a fluid schedule reaches them.
 * Convention: the seeder is not counted in n; a rate of Infinity is no limit.
 */
import { reject, requireNonNegative, requirePositive, requireRate, requireRates } from './domain.ts';

/** One server and machines that only download. */
export interface ClientServerLinks {
  /** F: bytes that one machine has to receive. */
  readonly wireBytes: number;
  /** u_s: upload rate of the server [byte/s]. */
  readonly seederUpBps: number;
  /** d_i: download rate of each machine [byte/s]; their number is n. */
  readonly downBps: readonly number[];
}

/** One seeder and machines that upload as well. */
export interface PeerLinks extends ClientServerLinks {
  /** u_i: upload rate of each machine [byte/s], in the order of `downBps`; 0 for one that does not upload. */
  readonly upBps: readonly number[];
}

/**
 * Peer to peer [s]: `T >= max{ F/u_s, F/d_min, n F/(u_s + sum u_i) }`.
 * `F/u_s` does not depend on n: with one seeder nobody beats one whole copy over its uplink.
 * @throws RangeError where a rate or size is out of range, or the two lists differ in length
 */
export function peerToPeerBoundS({ wireBytes, seederUpBps, upBps, downBps }: PeerLinks): number {
  requireLinks({ wireBytes, seederUpBps, downBps });
  if (upBps.length !== downBps.length) {
    reject({ 'upBps.length': upBps.length }, `${downBps.length}, the length of downBps`);
  }
  const totalUpBps = seederUpBps + upBps.reduce((sum, rate, index) => sum + uploadRate(rate, index), 0);
  const allCopiesS = (downBps.length * wireBytes) / totalUpBps;
  return Math.max(wireBytes / seederUpBps, wireBytes / slowest(downBps), allCopiesS);
}

/**
 * Client-server [s]: `T >= max{ n F/u_s, F/d_min }`.
 * @throws RangeError where a rate or size is out of range
 */
export function clientServerBoundS(links: ClientServerLinks): number {
  requireLinks(links);
  const { wireBytes, seederUpBps, downBps } = links;
  return Math.max((downBps.length * wireBytes) / seederUpBps, wireBytes / slowest(downBps));
}

function requireLinks({ wireBytes, seederUpBps, downBps }: ClientServerLinks): void {
  requirePositive({ wireBytes });
  requireRate({ seederUpBps });
  requireRates('downBps', downBps);
}

function uploadRate(rate: number, index: number): number {
  if (rate !== Infinity) requireNonNegative({ [`upBps[${index}]`]: rate });
  return rate;
}

/** `Math.min(...rates)` would put every machine on the stack. */
function slowest(rates: readonly number[]): number {
  return rates.reduce((least, rate) => Math.min(least, rate), Infinity);
}
