import { requirePositive, requireWhole } from './domain.ts';

/** What equation (1) is summed for. */
export interface BranchingSum {
  /** k: the number of generations, n = 2^k members of which one is the source. */
  readonly generations: number;
  /** tau: time of one whole copy [s]. */
  readonly copyS: number;
  /** 0 as it must read, 1 as it is printed. */
  readonly lowerIndex: 0 | 1;
}

/**
 * Equation (1) as a sum [s]: `d = (1/n) sum_j d_j = sum_{i=lower}^{k-1} 2^(i-k) tau (i + 1)`.
 *
 * Source: A. Balaz, N. Adam, "Peer to Peer System Deployment" (2016). Misprints around it:
 * - the lower index is printed `i = 1`; only `i = 0` gives the closed form `k tau - (n - 1)/n tau` that
 *   stands beside it. With `i = 1` the sum is exactly `(k - 1) tau`: the machine that is served first is lost;
 * - capacity "grows as 2^{1/tau}" must read `2^{t/tau}` (`service-capacity.ts`);
 * - "after log2 n = k seconds" must read `k tau` seconds (`memberMakespanS`);
 * - `d ~ tau log2 n` is too high by nearly tau (`printedApproximationS`).
 *
 * Convention: mean over n members, the source counted with latency 0; all machines have one link rate, M = 1.
 * @throws RangeError where k is not a whole number >= 1 or tau is not positive
 */
export function branchingSumS({ generations, copyS, lowerIndex }: BranchingSum): number {
  requireWhole({ generations });
  requirePositive({ copyS });
  let sum = 0;
  for (let i = lowerIndex; i < generations; i += 1) sum += 2 ** (i - generations) * copyS * (i + 1);
  return sum;
}

/**
 * The paper's approximation of its own mean [s]: `tau log2 n`. It is too high by `tau (1 - 1/n)`:
 * by 31 % at n = 16 and by 11 % at n = 1024.
 * @param members n >= 1, the source counted with latency 0
 * @param copyS tau: time of one whole copy [s]
 * @throws RangeError where n is not a whole number >= 1 or tau is not positive
 */
export function printedApproximationS(members: number, copyS: number): number {
  requireWhole({ members });
  requirePositive({ copyS });
  return copyS * Math.log2(members);
}

/**
 * The approximation to use instead [s]: `tau (log2 n - 1)`, too low by `tau/n` only.
 * @param members n >= 2, the source counted with latency 0
 * @param copyS tau: time of one whole copy [s]
 * @throws RangeError where n is not a whole number >= 2 or tau is not positive
 */
export function correctedApproximationS(members: number, copyS: number): number {
  requireWhole({ members }, 2);
  return printedApproximationS(members, copyS) - copyS;
}
