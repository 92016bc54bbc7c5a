import { type MulticastRound, multicastRounds } from './multicast-rounds.ts';
import type { CastOrder, Sending } from './sending.ts';

/** The whole image, and then in each round what somebody lacks who has not been dropped until then. */
export class SendingInRounds implements Sending {
  readonly #order: CastOrder;
  readonly #roundS: number;
  readonly #receivers: Set<number>;
  readonly #rounds: Iterator<MulticastRound, undefined>;
  /** Of rounds that are over. */
  #wholePackets = 0;
  #roundPackets = 0;
  #roundFromS = 0;

  /** @param roundS time to collect the losses of a round, before the next, beside the round trip of the question [s] */
  constructor(order: CastOrder, roundS: number) {
    this.#order = order;
    this.#roundS = roundS;
    this.#receivers = new Set(order.receivers);
    this.#rounds = multicastRounds(this.#receivers, order.packets, order.chance);
    this.#sendRound();
  }

  get sentPackets(): number {
    const { packetS, clock } = this.#order;
    const most = this.#roundPackets;
    const sent = packetS === 0 ? most : Math.round((clock.now - this.#roundFromS) / packetS);
    return this.#wholePackets + Math.min(most, sent);
  }

  drop(machine: number): void {
    this.#receivers.delete(machine);
  }

  #sendRound(): void {
    const round = this.#rounds.next().value;
    if (!round) return;
    const { packetS, latencyS, clock, onComplete } = this.#order;
    this.#wholePackets += this.#roundPackets;
    this.#roundPackets = round.packets;
    this.#roundFromS = clock.now;
    for (const { receiver, afterPackets } of round.completed)
      clock.after(afterPackets * packetS + latencyS, () => onComplete(receiver));
    clock.after(round.packets * packetS + 2 * latencyS + this.#roundS, () => this.#sendRound());
  }
}
