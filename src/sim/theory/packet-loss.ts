/**
 * What loss costs a multicast that repeats lost packets to all, when every machine loses every packet
 * independently with probability p.
 * Source: D. Towsley, J. Kurose, S. Pingali, "A comparison of sender-initiated and receiver-initiated reliable
 * multicast protocols" (1997), for the number of transmissions; the rounds are the same sum over n K pairs.
 * Convention: the source is not counted in n; the first transmission and the first round are counted.
 */
import { requireLoss, requireWhole } from './domain.ts';

/** What is left out of a sum, as a share of it: a few units in the last place of a double. */
const RELATIVE_REST = 1e-15;

/**
 * Mean number of times that a packet is sent until all n machines have it:
 * `E[tx] = sum_{i>=0} (1 - (1 - p^i)^n)`; for n = 1 it is `1/(1 - p)`.
 * @param machines n >= 1
 * @param loss p, 0 <= p < 1; the number of terms grows as 1/(1 - p)
 * @throws RangeError where an argument is out of range
 */
export function expectedTransmissions(machines: number, loss: number): number {
  requireWhole({ machines });
  requireLoss({ loss });
  return meanOfSlowest(machines, loss);
}

/**
 * Mean number of rounds until n machines have all K packets, when each round repeats what somebody lost:
 * `E[R] = sum_{r>=0} (1 - (1 - p^r)^(n K))`; the first sending of the image is the first round.
 * @param machines n >= 1
 * @param packets K >= 1
 * @param loss p, 0 <= p < 1; the number of terms grows as 1/(1 - p)
 * @throws RangeError where an argument is out of range
 */
export function expectedRounds(machines: number, packets: number, loss: number): number {
  requireWhole({ machines, packets });
  requireLoss({ loss });
  return meanOfSlowest(machines * packets, loss);
}

/**
 * Mean of the largest of `count` independent geometric variables with failure probability `loss`.
 * `expm1` and `log1p` keep the small terms: `1 - (1 - x)^count` would lose x below 1e-16.
 * As each term is at most `count loss^i`, all terms from i on add up to at most `count loss^i / (1 - loss)`.
 */
function meanOfSlowest(count: number, loss: number): number {
  let sum = 0;
  let failed = 1;
  for (let i = 1; (count * failed) / (1 - loss) > RELATIVE_REST * sum; i += 1) {
    sum -= Math.expm1(count * Math.log1p(-failed));
    failed = loss ** i;
  }
  return sum;
}
