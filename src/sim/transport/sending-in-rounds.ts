import { multicastRounds } from './multicast-rounds.ts';
import type { CastOrder, Sending } from './sending.ts';
import type { SendingClock } from './sending-clock.ts';

/** Packets that are sent one after the other, by the clock of the sending. */
interface SentRound {
  readonly startS: number;
  readonly packets: number;
}

/** The whole image, and then in each round what somebody lacks. All rounds are drawn at once and put on the clock. */
export class SendingInRounds implements Sending {
  readonly #clock: SendingClock;
  readonly #packetS: number;
  readonly #rounds: SentRound[] = [];

  /** @param roundS time to collect the losses of a round, before the next [s] */
  constructor(order: CastOrder, roundS: number) {
    const { receivers, packets, packetS, latencyS, chance, clock } = order;
    this.#clock = clock;
    this.#packetS = packetS;
    let startS = 0;
    for (const round of multicastRounds(receivers.length, packets, chance)) {
      for (const { receiver, afterPackets } of round.completed) {
        const machine = receivers[receiver]!;
        clock.after(startS + afterPackets * packetS + latencyS, () => order.onComplete(machine));
      }
      this.#rounds.push({ startS: clock.now + startS, packets: round.packets });
      startS += round.packets * packetS + roundS;
    }
  }

  get sentPackets(): number {
    return this.#rounds.reduce((sum, round) => sum + this.#sentOf(round), 0);
  }

  #sentOf({ startS, packets }: SentRound): number {
    if (this.#packetS === 0) return packets;
    return Math.min(packets, Math.max(0, Math.round((this.#clock.now - startS) / this.#packetS)));
  }
}
