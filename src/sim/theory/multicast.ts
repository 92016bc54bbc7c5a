import { requireNonNegative, requirePositive, requireRate } from './domain.ts';
import { expectedRounds, expectedTransmissions } from './packet-loss.ts';

/** One sender whose packets the network copies to all machines. */
export interface MulticastSession {
  /** F: bytes that one machine has to receive. */
  readonly wireBytes: number;
  /** n: machines that receive, the sender not counted. */
  readonly machines: number;
  /** p: share of packets lost, independently, on the way to each machine; below 1. */
  readonly loss: number;
  /** Payload of one packet [byte]; K = ceil(F / packet). */
  readonly packetBytes: number;
  /** Rate of the sender [byte/s], at most its uplink. */
  readonly rateBps: number;
  /** min d_i: download rate of the slowest machine [byte/s]. */
  readonly slowestDownBps: number;
  /** min disk_i: write rate of the slowest disk [byte/s]. */
  readonly slowestWriteBps: number;
  /** Time that the sender waits for receivers [s]. Default 0. */
  readonly waitS?: number;
  /** t_round: time to collect the losses of one round, before the next, with the round trip to ask [s]. Default 0. */
  readonly roundS?: number;
}

/**
 * Mean makespan [s]: `wait + F E[tx] / min(rate, min d_i, min disk_i) + (E[R] - 1) t_round`: the last machine is done with
 * its last packet, and nothing is collected behind that.
 * The slowest receiver limits all (or is dropped, which is not modelled here).
 * Source: bytes and rounds from `packet-loss.ts`, sent one after the other as udpcast does.
 * Convention: the sender is not counted in n; a rate of Infinity is no limit.
 * @throws RangeError where a size, rate, share, time or number is out of range
 */
export function multicastS(session: MulticastSession): number {
  const { wireBytes, machines, loss, packetBytes, waitS = 0, roundS = 0 } = session;
  requirePositive({ wireBytes, packetBytes });
  requireNonNegative({ waitS, roundS });
  const sendingS = (wireBytes * expectedTransmissions(machines, loss)) / governingBps(session);
  const rounds = expectedRounds(machines, Math.ceil(wireBytes / packetBytes), loss);
  return waitS + sendingS + (rounds - 1) * roundS;
}

/**
 * Lower bound of the makespan [s] of any multicast: `max{ F/u_s, F/d_min }`. The network makes the copies, so
 * neither Mundinger's bound nor the sum term of Kumar and Ross applies.
 * Convention: holds for any number of machines; a rate of Infinity is no limit.
 * @param wireBytes F: bytes that one machine has to receive
 * @param senderUpBps u_s: upload rate of the sender [byte/s]
 * @param slowestDownBps d_min: download rate of the slowest machine [byte/s]
 * @throws RangeError where an argument is not positive
 */
export function multicastBoundS(wireBytes: number, senderUpBps: number, slowestDownBps: number): number {
  requirePositive({ wireBytes });
  requireRate({ senderUpBps, slowestDownBps });
  return wireBytes / Math.min(senderUpBps, slowestDownBps);
}

function governingBps({ rateBps, slowestDownBps, slowestWriteBps }: MulticastSession): number {
  requireRate({ rateBps, slowestDownBps, slowestWriteBps });
  return Math.min(rateBps, slowestDownBps, slowestWriteBps);
}
