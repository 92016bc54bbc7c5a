import type { RandomStream } from '../kernel/random-stream.ts';
import type { SendingClock } from './sending-clock.ts';

/** What chance loses: each packet on its way to each machine, by itself. */
export interface LossChance {
  readonly loss: number;
  readonly stream: RandomStream;
}

/** What is to be sent to whom. */
export interface CastOrder {
  readonly receivers: readonly number[];
  readonly packets: number;
  /** Time that one packet takes [s]. */
  readonly packetS: number;
  readonly latencyS: number;
  readonly chance: LossChance;
  readonly clock: SendingClock;
  /** Told of each machine when the last packet that it lacked has arrived, be it dead by then. */
  onComplete(machine: number): void;
}

/** One image on its way to all machines that it was begun with. */
export interface Sending {
  /** Packets that have left by now, those that were sent again among them. */
  readonly sentPackets: number;
  /** The sender goes on without this machine. */
  drop?(machine: number): void;
}
