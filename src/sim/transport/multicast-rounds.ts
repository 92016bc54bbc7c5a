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
 * @param receivers number of receivers
 * @param packets K, number of packets of the image
 */
export function* multicastRounds(
  receivers: number,
  packets: number,
  chance: LossChance,
): Generator<MulticastRound> {
  const everything = Array.from({ length: receivers }, (_, receiver) => receiver);
  let lacking = new Map(everything.map((receiver) => [receiver, lossesOf(packets, chance)] as const));
  yield roundOf(
    packets,
    everything.filter((receiver) => lacking.get(receiver)!.length === 0),
    () => packets,
  );
  lacking = withoutComplete(lacking);

  while (lacking.size > 0) {
    const sent = union(lacking.values());
    const before = lacking;
    lacking = new Map(
      [...before].map(([receiver, missing]) => {
        const lost = lossesOf(missing.length, chance);
        return [receiver, lost.map((place) => missing[place]!)] as const;
      }),
    );
    const completed = [...lacking]
      .filter(([, missing]) => missing.length === 0)
      .map(([receiver]) => receiver);
    yield roundOf(sent.length, completed, (receiver) => rank(sent, before.get(receiver)!.at(-1)!) + 1);
    lacking = withoutComplete(lacking);
  }
}

function roundOf(packets: number, completed: number[], after: (receiver: number) => number): MulticastRound {
  return {
    packets,
    completed: completed.map((receiver) => ({ receiver, afterPackets: after(receiver) })),
  };
}

function withoutComplete(lacking: ReadonlyMap<number, Int32Array>): Map<number, Int32Array<ArrayBuffer>> {
  return new Map([...lacking].filter(([, missing]) => missing.length > 0)) as Map<
    number,
    Int32Array<ArrayBuffer>
  >;
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
