import type { LossChance } from './sending.ts';

/** Packets sent in one round, and who was complete after how many of them. */
export interface MulticastRound {
  readonly packets: number;
  /** Receiver and the packets of this round after which it had everything. */
  readonly completed: readonly { readonly receiver: number; readonly afterPackets: number }[];
}

/** Losses that may be drawn: above it, memory and time get out of hand. */
export const MOST_LOSSES = 50e6;

/**
 * Sending with repair: the first round carries every packet, each further one the packets that some receiver still
 * lacks, until all have all. Losses are independent, of probability `loss` for each receiver and packet.
 * Cost: one random number per loss, by drawing the distance to the next one (geometric).
 * @param receivers whoever is taken out of it between two rounds is sent nothing more
 * @param packets K, number of packets of the image
 */
export function* multicastRounds(
  receivers: ReadonlySet<number>,
  packets: number,
  chance: LossChance,
): Generator<MulticastRound, undefined> {
  let lacking = new Map([...receivers].map((receiver) => [receiver, lossesOf(packets, chance)] as const));
  yield { packets, completed: completeOf(lacking, () => packets) };
  for (;;) {
    const before = new Map(
      [...lacking].filter(([receiver, { length }]) => length > 0 && receivers.has(receiver)),
    );
    if (before.size === 0) return;
    const sent = union(before.values());
    lacking = new Map(
      [...before].map(([receiver, missing]) => [receiver, lostAgain(missing, chance)] as const),
    );
    yield {
      packets: sent.length,
      completed: completeOf(lacking, (receiver) => rank(sent, before.get(receiver)!.at(-1)!) + 1),
    };
  }
}

/** @param after packets of the round after which a receiver that lacks nothing any more had everything */
function completeOf(
  lacking: ReadonlyMap<number, Int32Array>,
  after: (receiver: number) => number,
): MulticastRound['completed'] {
  return [...lacking]
    .filter(([, { length }]) => length === 0)
    .map(([receiver]) => ({ receiver, afterPackets: after(receiver) }));
}

/** What of these packets does not arrive when they are sent again. */
function lostAgain(missing: Int32Array<ArrayBuffer>, chance: LossChance): Int32Array<ArrayBuffer> {
  return lossesOf(missing.length, chance).map((place) => missing[place]!);
}

/** Places from 0 up to `count` that are lost, in order. */
export function lossesOf(count: number, { loss, stream }: LossChance): Int32Array<ArrayBuffer> {
  const lost: number[] = [];
  if (loss === 0) return Int32Array.from(lost);
  const perLoss = -1 / Math.log1p(-loss);
  for (let place = Math.floor(stream.exponential(perLoss)); place < count; ) {
    lost.push(place);
    place += 1 + Math.floor(stream.exponential(perLoss));
  }
  return Int32Array.from(lost);
}

/** Sorted packets that at least one receiver lacks. */
export function union(lists: Iterable<Int32Array>): Int32Array {
  const packets = new Set<number>();
  for (const list of lists) for (const packet of list) packets.add(packet);
  return Int32Array.from(packets).sort();
}

/** Place of `packet` in the sorted `packets`, which contain it. */
function rank(packets: Int32Array, packet: number): number {
  let low = 0;
  for (let high = packets.length; low < high; ) {
    const middle = (low + high) >> 1;
    if (packets[middle]! < packet) low = middle + 1;
    else high = middle;
  }
  return low;
}
