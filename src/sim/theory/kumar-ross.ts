/**
 * Lower bounds of the makespan for links of any rate, in the fluid limit (pieces infinitely small).
 * Source: R. Kumar, K. W. Ross, "Peer-assisted file distribution: the minimum distribution time" (2006), which
 * also shows that a fluid schedule reaches them.
 * Convention: the seeder is not counted in n; a rate of Infinity is no limit.
 */
import {
  reject,
  requireNonNegative,
  requirePositive,
  requireRate,
  requireRates,
  requireWhole,
} from './domain.ts';

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

/** A fleet of any size, as the bounds see it. */
export interface FleetTotals {
  /** F: bytes that one machine has to receive. */
  readonly wireBytes: number;
  /** u_s: upload rate of the server or seeder [byte/s]. */
  readonly seederUpBps: number;
  /** n: machines that receive. */
  readonly machines: number;
  /** Sum of u_i: upload rates of all machines together [byte/s]; 0 for machines that only download. */
  readonly totalUpBps: number;
  /** d_min: download rate of the slowest machine [byte/s]. */
  readonly slowestDownBps: number;
}

/**
 * Any fleet [s]: `T >= max{ F/u_s, F/d_min, n F/(u_s + sum u_i) }`; with `sum u_i = 0` it is that of client-server.
 * @throws RangeError where a rate, size or number is out of range
 */
export function fleetBoundS(totals: FleetTotals): number {
  const { wireBytes, seederUpBps, machines, totalUpBps, slowestDownBps } = totals;
  requirePositive({ wireBytes });
  requireRate({ seederUpBps, slowestDownBps });
  requireWhole({ machines });
  const allCopiesS = (machines * wireBytes) / (seederUpBps + totalUpBps);
  return Math.max(wireBytes / seederUpBps, wireBytes / slowestDownBps, allCopiesS);
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
  const totalUpBps = upBps.reduce((sum, rate, index) => sum + uploadRate(rate, index), 0);
  const machines = downBps.length;
  return fleetBoundS({ wireBytes, seederUpBps, machines, totalUpBps, slowestDownBps: slowest(downBps) });
}

/**
 * Client-server [s]: `T >= max{ n F/u_s, F/d_min }`.
 * @throws RangeError where a rate or size is out of range
 */
export function clientServerBoundS(links: ClientServerLinks): number {
  requireLinks(links);
  const { wireBytes, seederUpBps, downBps } = links;
  const machines = downBps.length;
  return fleetBoundS({ wireBytes, seederUpBps, machines, totalUpBps: 0, slowestDownBps: slowest(downBps) });
}

function requireLinks({ wireBytes, seederUpBps, downBps }: ClientServerLinks): void {
  requirePositive({ wireBytes });
  requireRate({ seederUpBps });
  requireRates('downBps', downBps);
}

function uploadRate(rate: number, index: number): number {
  if (!(rate >= 0)) requireNonNegative({ [`upBps[${index}]`]: rate });
  return rate;
}

/** `Math.min(...rates)` would put every machine on the stack. */
function slowest(rates: readonly number[]): number {
  return rates.reduce((least, rate) => Math.min(least, rate), Infinity);
}
