/**
 * A multicast whose sender asks all receivers after each slice, and loses nothing. In half duplex it waits for each answer
 * but the last, with which all are done. In full duplex the answers about a slice are awaited while the next one is sent,
 * which waits for nothing unless an exchange takes longer than a slice.
 * Source: the order of events in udpcast's `senddata.c`, see `transport/sending-in-slices.ts`.
 */
import { requireNonNegative, requirePositive, requireRate, requireWhole } from './domain.ts';

/** One image in slices, without loss. */
export interface SlicedSession {
  /** F: bytes that one machine has to receive. */
  readonly wireBytes: number;
  /** Payload of one packet [byte]. */
  readonly packetBytes: number;
  /** N: packets of a slice. */
  readonly slicePackets: number;
  readonly isFullDuplex: boolean;
  /** From a question to the answer of the slowest [s]. */
  readonly exchangeS: number;
  /** What the sender sends in a second, which all machines bear [byte/s]. */
  readonly rateBps: number;
  /** Time that the sender waits for receivers [s]. */
  readonly waitS: number;
}

/**
 * Makespan [s], latency of the last packet left out. With S slices of the time d, the last one of what is left:
 * `wait + F/rate + (S - 1) X` in half duplex, and `wait + F/rate + (S - 2) max{0, X - d}` in full duplex.
 * @throws RangeError where a size, rate, time or number is out of range
 */
export function slicedMulticastS(session: SlicedSession): number {
  const { wireBytes, packetBytes, slicePackets, isFullDuplex, exchangeS, rateBps, waitS } = session;
  requirePositive({ wireBytes, packetBytes });
  requireWhole({ slicePackets });
  requireRate({ rateBps });
  requireNonNegative({ exchangeS, waitS });
  const packets = Math.ceil(wireBytes / packetBytes);
  const slices = Math.ceil(packets / slicePackets);
  const sliceS = (Math.min(slicePackets, packets) * wireBytes) / packets / rateBps;
  const idleS = isFullDuplex
    ? Math.max(0, slices - 2) * Math.max(0, exchangeS - sliceS)
    : (slices - 1) * exchangeS;
  return waitS + wireBytes / rateBps + idleS;
}
