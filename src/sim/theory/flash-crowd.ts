/**
 * The fluid swarm of `fluid.ts` when all machines come at once: `lambda = 0`, `theta = 0`, nobody leaves
 * (`gamma = 0`), no download limit. Then x + y = N stays, and `dx/dt = -mu (N - (1 - eta) x)` is linear.
 * With a download limit the last machines fade exponentially and the swarm is never empty.
 * Source: solved from D. Qiu, R. Srikant (2004). Convention: the seeds at the start are not counted in n.
 */
import { requirePositive, requireShare, requireWhole } from './domain.ts';

/** A fleet that starts together. */
export interface FlashCrowd {
  /** n: machines that receive, the seeds at the start not counted. */
  readonly machines: number;
  /** tau = 1/mu: time of one whole copy over one uplink [s]. */
  readonly copyS: number;
  /** y(0): seeds at the start. Default 1. */
  readonly seeds?: number;
  /** eta: share of a downloader's uplink that finds something to upload, 0 to 1. Default 1. */
  readonly effectiveness?: number;
}

/**
 * Time to empty [s], the makespan of the model. With `z = (1 - eta) n/N` and `N = n + y(0)`:
 * `tau (n/N) (-ln(1 - z)/z)`; for eta = 1 it is `tau n/N`, for eta = 0 and one seed `tau ln(n + 1)`.
 * @throws RangeError where an argument is out of range
 */
export function timeToEmptyS(crowd: FlashCrowd): number {
  const { shareOfDownloaders, idle } = crowdShares(crowd);
  const slowdown = idle === 0 ? 1 : -Math.log1p(-idle) / idle;
  return crowd.copyS * shareOfDownloaders * slowdown;
}

/**
 * Mean latency [s] in the model, the area under x(t) divided by n: `tau (n/N) (-ln(1 - z) - z)/z^2`.
 * It is not a prediction. The model lets machines be done while nobody has got more than a part of the image:
 * for eta = 1 and n = 10,000 it says 0.5 tau, where a swarm in which pieces have to spread needs about tau.
 * Only `timeToEmptyS` is meaningful.
 * @throws RangeError where an argument is out of range
 */
export function flashCrowdMeanS(crowd: FlashCrowd): number {
  const { shareOfDownloaders, idle } = crowdShares(crowd);
  return crowd.copyS * shareOfDownloaders * meanSlowdown(idle);
}

/** n/N, and z: the part of all uplinks that lies idle at the start. */
function crowdShares({ machines, copyS, seeds = 1, effectiveness = 1 }: FlashCrowd) {
  requireWhole({ machines, seeds });
  requirePositive({ copyS });
  requireShare({ effectiveness });
  const shareOfDownloaders = machines / (machines + seeds);
  return { shareOfDownloaders, idle: (1 - effectiveness) * shareOfDownloaders };
}

/** `(-ln(1 - z) - z)/z^2 = 1/2 + z/3 + z^2/4 + ...`; the closed form cancels for small z. */
function meanSlowdown(idle: number): number {
  if (idle > 0.1) return (-Math.log1p(-idle) - idle) / idle ** 2;
  let sum = 0;
  for (let power = 0; power < 16; power += 1) sum += idle ** power / (power + 2);
  return sum;
}
