/**
 * How the capacity of a swarm grows while a flash crowd is being served.
 * Source: X. Yang, G. de Veciana, "Service capacity of peer to peer networks" (2004), transient regime.
 */
import { requireNonNegative, requirePositive, requireWhole } from './domain.ts';

/** A fleet that starts together beside one seeder, and an image in pieces. */
export interface FleetOfPieces {
  /** n: machines that receive, the seeder not counted. */
  readonly machines: number;
  /** tau = F/b: time of one whole copy [s]. */
  readonly copyS: number;
  /** M: number of equal pieces. */
  readonly pieces: number;
}

/**
 * Machines that can upload the whole image at time t, the first seeder counted: `2^(t/tau)`.
 * Balaz and Adam (2016) print "grows as 2^{1/tau}"; it must read `2^{t/tau}`. At whole multiples of tau it is the
 * branching model (M = 1); between them it is a smooth curve, not a count.
 * @param timeS t: time since the start [s]
 * @param copyS tau: time of one whole copy [s]
 * @throws RangeError where t is negative or tau is not positive
 */
export function serviceCapacity(timeS: number, copyS: number): number {
  requireNonNegative({ timeS });
  requirePositive({ copyS });
  return 2 ** (timeS / copyS);
}

/**
 * Makespan [s] of an image in M pieces, to first order: `F/b + (s/b) log2 n = tau (1 + log2(n)/M)`.
 * Only the piece time is multiplied by the logarithm. It is `mundingerS` without the floor, so never below it and
 * less than one piece time above it. It is an estimate, not a bound.
 * Convention: the seeder is not counted in n.
 * @throws RangeError where a number is not a whole one >= 1 or tau is not positive
 */
export function pipelinedEstimateS({ machines, copyS, pieces }: FleetOfPieces): number {
  requireWhole({ machines, pieces });
  requirePositive({ copyS });
  return copyS * (1 + Math.log2(machines) / pieces);
}
