/**
 * The fluid swarm: numbers of downloaders x and seeds y as continuous quantities.
 * Source: D. Qiu, R. Srikant, "Modeling and performance analysis of BitTorrent-like peer-to-peer networks" (2004).
 * Convention: x counts machines that still download, y those (and the first seeder) that have all; the image is
 * the unit of volume, so rates are copies per second (`rate / F`).
 */
import { requireNonNegative, requirePositive, requireRate, requireShare } from './domain.ts';

/** Rates of the fluid swarm. */
export interface FluidSwarm {
  /** lambda: machines that arrive [1/s]. */
  readonly arrivalsPerS: number;
  /** theta: rate at which a downloader gives up [1/s]. */
  readonly abortsPerS: number;
  /** gamma: rate at which a seed leaves [1/s]. */
  readonly departuresPerS: number;
  /** c: download limit of one machine [copies/s], Infinity for none. */
  readonly downCopiesPerS: number;
  /** mu: upload rate of one machine [copies/s]. */
  readonly upCopiesPerS: number;
  /** eta: share of a downloader's uplink that finds something to upload, 0 to 1. */
  readonly effectiveness: number;
}

/** A point of the fluid swarm. */
export interface FluidState {
  /** x: machines that download. */
  readonly downloaders: number;
  /** y: machines that have the whole image, the first seeder included. */
  readonly seeds: number;
}

/** Where a swarm with arrivals settles. */
export interface SteadyState extends FluidState {
  /** Mean time that a machine downloads [s]. */
  readonly meanS: number;
}

/**
 * Right-hand side of the model [machines/s]:
 * `dx/dt = lambda - theta x - min{c x, mu (eta x + y)}`, `dy/dt = min{c x, mu (eta x + y)} - gamma y`.
 * Where nobody downloads nothing is completed, also without a download limit (c = Infinity).
 */
export function fluidRates(swarm: FluidSwarm, { downloaders, seeds }: FluidState): FluidState {
  const completed = completionsPerS(swarm, { downloaders, seeds });
  return {
    downloaders: swarm.arrivalsPerS - swarm.abortsPerS * downloaders - completed,
    seeds: completed - swarm.departuresPerS * seeds,
  };
}

/**
 * Steady state with Poisson arrivals: `1/beta = max{1/c, (1/eta)(1/mu - 1/gamma)}`, `x = lambda/(theta + beta)`,
 * `y = (lambda - theta x)/gamma`, mean time `1/(theta + beta)`.
 * The first seeder is not kept: all seeds leave at rate gamma.
 * @throws RangeError where a rate is out of range; gamma, mu and eta have to be above 0
 */
export function fluidSteadyState(swarm: FluidSwarm): SteadyState {
  requireFluidSwarm(swarm);
  const { arrivalsPerS, abortsPerS, departuresPerS, downCopiesPerS, upCopiesPerS, effectiveness } = swarm;
  requirePositive({ departuresPerS, effectiveness });
  const uploadLimitedS = (1 / upCopiesPerS - 1 / departuresPerS) / effectiveness;
  const beta = 1 / Math.max(1 / downCopiesPerS, uploadLimitedS);
  const meanS = 1 / (abortsPerS + beta);
  const downloaders = arrivalsPerS * meanS;
  return { downloaders, seeds: (arrivalsPerS - abortsPerS * downloaders) / departuresPerS, meanS };
}

/**
 * Refuses rates that mean nothing.
 * @throws RangeError that names the rate
 */
export function requireFluidSwarm(swarm: FluidSwarm): void {
  const { arrivalsPerS, abortsPerS, departuresPerS, downCopiesPerS, upCopiesPerS, effectiveness } = swarm;
  requireNonNegative({ arrivalsPerS, abortsPerS, departuresPerS });
  requireRate({ downCopiesPerS });
  requirePositive({ upCopiesPerS });
  requireShare({ effectiveness });
}

function completionsPerS(swarm: FluidSwarm, { downloaders, seeds }: FluidState): number {
  if (downloaders <= 0) return 0;
  const uploaded = swarm.upCopiesPerS * (swarm.effectiveness * downloaders + seeds);
  return Math.min(swarm.downCopiesPerS * downloaders, uploaded);
}
