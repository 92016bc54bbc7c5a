/**
 * A carousel: K packets round and round, each lost independently with probability p on its way to each machine, until all
 * n machines that began with the same packet have them all.
 * Source: after m = r K + j packets a machine has j packets that came r + 1 times and K - j that came r times, so it has
 * all with probability `q_{r+1}^j q_r^{K-j}`, where `q_r = 1 - p^r`; the mean is the sum over m of what is left to 1.
 * The carousel is that of FLUTE (RFC 6726) without forward error correction.
 */
import { requireLoss, requireNonNegative, requirePositive, requireRate, requireWhole } from './domain.ts';

/** Machines and packets that are likely to lack something: below it a round adds nothing to the sum. */
const NOTHING_LACKING = 1e-15;

/** A carousel to machines that begin together. */
export interface CarouselSession {
  /** F: bytes that one machine has to receive. */
  readonly wireBytes: number;
  /** n: machines, the sender not counted; 1 for the mean of each of them. */
  readonly machines: number;
  /** p: share of packets lost, independently, on the way to each machine; below 1. */
  readonly loss: number;
  /** Payload of one packet [byte]; K = ceil(F / packet). */
  readonly packetBytes: number;
  /** What the sender sends in a second, which all machines bear [byte/s]. */
  readonly rateBps: number;
  /** Time that the sender waits when the first machine is there [s]. */
  readonly waitS: number;
}

/**
 * Mean number of packets that are sent until the last of n machines has all K.
 * @param machines n >= 1
 * @param packets K >= 1
 * @param loss p, 0 <= p < 1; the number of terms grows as 1/(1 - p)
 * @throws RangeError where an argument is out of range
 */
export function expectedCarouselPackets(machines: number, packets: number, loss: number): number {
  requireWhole({ machines, packets });
  requireLoss({ loss });
  let sum = packets;
  for (let round = 1; machines * packets * loss ** round > NOTHING_LACKING; round++) {
    // Logarithms of the probability that a packet has come to all, in so many rounds and in one more.
    const before = machines * Math.log1p(-(loss ** round));
    const after = machines * Math.log1p(-(loss ** (round + 1)));
    const more = after - before;
    const complete = (-Math.exp(packets * after) * Math.expm1(-packets * more)) / Math.expm1(more);
    sum += packets - complete;
  }
  return sum;
}

/**
 * Mean time [s] until the last machine has all: `wait + F/rate` where nothing is lost.
 * @throws RangeError where a size, rate, share, time or number is out of range
 */
export function carouselS({
  wireBytes,
  machines,
  loss,
  packetBytes,
  rateBps,
  waitS,
}: CarouselSession): number {
  requirePositive({ wireBytes, packetBytes });
  requireRate({ rateBps });
  requireNonNegative({ waitS });
  const packets = Math.ceil(wireBytes / packetBytes);
  const rounds = expectedCarouselPackets(machines, packets, loss) / packets;
  return waitS + (rounds * wireBytes) / rateBps;
}
