import { lossesOf } from './multicast-rounds.ts';
import type { CastOrder, Sending } from './sending.ts';

/** The whole image one time; what was lost is left to others. */
export class SendingOnce implements Sending {
  readonly #order: CastOrder;
  readonly #startS: number;
  /** Losses of all are drawn before, so that a death does not change those of others. */
  readonly #lost: ReadonlyMap<number, Int32Array>;

  /** @param onOver told what each machine lost, in order, when the last packet has arrived */
  constructor(order: CastOrder, onOver: (lost: ReadonlyMap<number, Int32Array>) => void) {
    const { receivers, packets, packetS, latencyS, chance, clock } = order;
    this.#order = order;
    this.#startS = clock.now;
    this.#lost = new Map(receivers.map((machine) => [machine, lossesOf(packets, chance)]));
    clock.after(packets * packetS + latencyS, () => onOver(this.#lost));
  }

  get sentPackets(): number {
    const { packets, packetS, clock } = this.#order;
    if (packetS === 0) return packets;
    return Math.min(packets, Math.max(0, Math.round((clock.now - this.#startS) / packetS)));
  }
}
