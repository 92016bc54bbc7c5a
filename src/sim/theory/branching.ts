/**
 * The branching model: whoever has the whole image uploads it to one more machine at a time, and every
 * upload takes `tau = F/b`. It has one piece (M = 1, store and forward); for images in pieces see `mundinger.ts`.
 *
 * Two conventions are in use, and every function says which one it follows:
 * - "members": n = 2^k machines of which one is the source, with latency 0;
 * - "seeded": one seeder and n machines besides, n any whole number.
 *
 * Source: A. Balaz, N. Adam, "Peer to Peer System Deployment" (2016), equation (1) and the text around it,
 * after X. Yang, G. de Veciana, "Service capacity of peer to peer networks" (2004).
 */
import { reject, requirePositive, requireWhole } from './domain.ts';
import { doublings } from './doubling.ts';

/**
 * Mean latency [s] over all members, the source with its 0 included: `tau (k - 1 + 1/n)`.
 * This is the closed form `k tau - (n - 1)/n tau` of equation (1); see `branching-equation.ts` for its sum.
 * @param members n = 2^k, the source is one of them
 * @param copyS tau: time of one whole copy [s]
 * @throws RangeError where n is no power of two or tau is not positive
 */
export function memberMeanS(members: number, copyS: number): number {
  return copyS * (generations(members, copyS) - 1 + 1 / members);
}

/**
 * Mean latency [s] over the n - 1 members that receive: `tau (k n/(n - 1) - 1)`.
 * Same convention as `memberMeanS`, but nobody is counted who had the image before.
 * @param members n = 2^k >= 2, the source is one of them
 * @param copyS tau: time of one whole copy [s]
 * @throws RangeError where n is 1 or no power of two, or tau is not positive
 */
export function memberReceiverMeanS(members: number, copyS: number): number {
  requireWhole({ members }, 2);
  return copyS * ((generations(members, copyS) * members) / (members - 1) - 1);
}

/**
 * Latency [s] of the last member: `k tau`.
 * The paper says "after log2 n = k seconds"; it must read `k tau` seconds.
 * @param members n = 2^k, the source is one of them
 * @param copyS tau: time of one whole copy [s]
 * @throws RangeError where n is no power of two or tau is not positive
 */
export function memberMakespanS(members: number, copyS: number): number {
  return copyS * generations(members, copyS);
}

/**
 * Mean latency [s] of n machines beside one seeder; nobody is counted who had the image before.
 * Generation i = 1, 2, ... adds 2^(i-1) machines at `i tau`, the last one as many as are left. With
 * `g = floor(log2(n + 1))` full generations: `tau ((g - 1) 2^g + 1 + (n + 1 - 2^g)(g + 1)) / n`.
 * For `n = 2^k` this is `tau (k - 1 + (k + 2)/n)`; for `n = 2^k - 1` it is `memberReceiverMeanS(2^k)`.
 * @param machines n >= 1, the seeder not counted
 * @param copyS tau: time of one whole copy [s]
 * @throws RangeError where n is not a whole number >= 1 or tau is not positive
 */
export function seededMeanS(machines: number, copyS: number): number {
  requireWhole({ machines });
  requirePositive({ copyS });
  const full = doublings(machines + 1);
  const sumOfFull = (full - 1) * 2 ** full + 1;
  const left = machines + 1 - 2 ** full;
  return (copyS * (sumOfFull + left * (full + 1))) / machines;
}

/**
 * Latency [s] of the last of n machines beside one seeder: `(1 + floor(log2 n)) tau`,
 * the same as `ceil(log2(n + 1)) tau`.
 * @param machines n >= 1, the seeder not counted
 * @param copyS tau: time of one whole copy [s]
 * @throws RangeError where n is not a whole number >= 1 or tau is not positive
 */
export function seededMakespanS(machines: number, copyS: number): number {
  requireWhole({ machines });
  requirePositive({ copyS });
  return (1 + doublings(machines)) * copyS;
}

/** k of n = 2^k. */
function generations(members: number, copyS: number): number {
  requireWhole({ members });
  requirePositive({ copyS });
  const exponent = doublings(members);
  if (2 ** exponent !== members) reject({ members }, 'a power of two');
  return exponent;
}
