import type { SlicesModel } from '../deployment-model.ts';
import { lossesOf, union } from './multicast-rounds.ts';
import type { CastOrder, Sending } from './sending.ts';

/** A slice of which every packet was sent at least once. */
interface Slice {
  /** By receiver: packets of the slice that it lacks, in order. */
  readonly lacking: Map<number, Int32Array>;
  /** Receivers of which the sender does not know that they lack nothing. */
  readonly unready: Set<number>;
}

/** A slice that is sent for the first time. */
interface FreshSlice {
  readonly packets: number;
  leftPackets: number;
}

/** What to tell a slice by: how long an answer takes beside the round trip. */
export interface SlicedSettings extends SlicesModel {
  /** From the question to the answer of the slowest, beside the round trip [s]. */
  readonly roundS: number;
}

/**
 * The image slice by slice, as udpcast sends it (`netSenderMain`, `sendReqack`, `handleRetransmit` in its `senddata.c`, as
 * of commit 09ab4fc of github.com/gunchev/udpcast). When a slice is sent, the sender asks all receivers what they lack of it, sends the packets that
 * anybody asks for at once, before fresh ones, and asks again, until all say that they lack nothing. In full duplex it
 * sends the next slice meanwhile, and no other before that one's turn has come: two slices are on their way at most.
 * Question and answer are lost as packets are; who was not heard is asked again when nothing else is left to be sent
 * and the sender has waited.
 */
export class SendingInSlices implements Sending {
  readonly #order: CastOrder;
  readonly #settings: SlicedSettings;
  readonly #receivers: Set<number>;
  /** Receivers that have got everything, or will when what is on its way has arrived. */
  readonly #complete = new Set<number>();
  /** Packets that are in no slice yet. */
  #leftPackets: number;
  #fresh: FreshSlice | undefined;
  /** Sent, and next to be asked about. */
  #next: Slice | undefined;
  #asked: Slice | undefined;
  /** Whether somebody did not answer, and no question is on its way. */
  #isUnheard = false;
  #isRepairing = false;
  /** Since when fresh packets are being sent [s]; undefined while they are not. */
  #freshFromS: number | undefined;
  /** Counts what the sender has begun: the end of what was broken off means nothing. */
  #spells = 0;
  #wholePackets = 0;

  constructor(order: CastOrder, settings: SlicedSettings) {
    this.#order = order;
    this.#settings = settings;
    this.#receivers = new Set(order.receivers);
    this.#leftPackets = order.packets;
    this.#goOn();
  }

  get sentPackets(): number {
    return Math.round(this.#wholePackets + this.#freshSent());
  }

  drop(machine: number): void {
    this.#receivers.delete(machine);
    this.#complete.delete(machine);
    for (const slice of [this.#asked, this.#next]) {
      slice?.lacking.delete(machine);
      slice?.unready.delete(machine);
    }
  }

  get #isOver(): boolean {
    return this.#complete.size >= this.#receivers.size;
  }

  /** What the sender does when it does nothing: fresh packets, or else it asks who has not answered. */
  #goOn(): void {
    if (this.#isOver || this.#isRepairing || this.#freshFromS !== undefined) return;
    this.#fresh ??= this.#cutSlice();
    if (this.#fresh) return this.#sendFresh(this.#fresh);
    if (!this.#isUnheard) return;
    this.#spell(this.#settings.askAgainS, () => this.#ask());
  }

  #cutSlice(): FreshSlice | undefined {
    const hasRoom = this.#settings.isFullDuplex ? !this.#next : !this.#asked;
    if (this.#leftPackets === 0 || !hasRoom) return undefined;
    const packets = Math.min(this.#leftPackets, this.#settings.packets);
    this.#leftPackets -= packets;
    return { packets, leftPackets: packets };
  }

  #sendFresh(fresh: FreshSlice): void {
    this.#freshFromS = this.#order.clock.now;
    this.#spell(fresh.leftPackets * this.#order.packetS, () => {
      this.#wholePackets += fresh.leftPackets;
      this.#freshFromS = undefined;
      this.#fresh = undefined;
      this.#sent(this.#sliceOf(fresh));
      this.#goOn();
    });
  }

  #sliceOf({ packets }: FreshSlice): Slice {
    const { chance } = this.#order;
    const lacking = new Map([...this.#receivers].map((machine) => [machine, lossesOf(packets, chance)]));
    return { lacking, unready: new Set(this.#receivers) };
  }

  #sent(slice: Slice): void {
    this.#next = slice;
    if (!this.#asked) this.#askNext();
    this.#tellComplete();
  }

  #askNext(): void {
    this.#asked = this.#next;
    this.#next = undefined;
    if (this.#asked) this.#ask();
  }

  #ask(): void {
    this.#isUnheard = false;
    const { clock, latencyS } = this.#order;
    clock.after(2 * latencyS + this.#settings.roundS, () => this.#answered(this.#asked!));
  }

  #answered(slice: Slice): void {
    const heard = [...slice.unready].filter(() => this.#isHeard());
    this.#isUnheard = heard.length < slice.unready.size;
    const wanted = union(heard.map((machine) => slice.lacking.get(machine)!));
    for (const machine of heard) if (slice.lacking.get(machine)!.length === 0) slice.unready.delete(machine);
    if (slice.unready.size === 0) this.#askNext();
    else if (wanted.length > 0) return this.#repair(slice, wanted);
    this.#goOn();
  }

  /** The question comes to the machine, and its answer to the sender. */
  #isHeard(): boolean {
    const { loss, stream } = this.#order.chance;
    return loss === 0 || stream.share() < (1 - loss) ** 2;
  }

  /** Everybody hears what is sent again, whoever asked for it. */
  #repair(slice: Slice, wanted: Int32Array): void {
    this.#breakOffFresh();
    this.#isRepairing = true;
    this.#order.clock.after(wanted.length * this.#order.packetS, () => {
      this.#isRepairing = false;
      this.#wholePackets += wanted.length;
      const sent = new Set(wanted);
      for (const [machine, lacking] of slice.lacking) slice.lacking.set(machine, this.#left(lacking, sent));
      this.#tellComplete();
      if (!this.#isUnheard && !this.#isOver) this.#ask();
      this.#goOn();
    });
  }

  /** What is lacking of a slice when packets of it were sent again. */
  #left(lacking: Int32Array, sent: ReadonlySet<number>): Int32Array {
    const repeated = lacking.filter((packet) => sent.has(packet));
    if (repeated.length === 0) return lacking;
    const lost = new Set(lossesOf(repeated.length, this.#order.chance));
    const arrived = new Set(repeated.filter((_, place) => !lost.has(place)));
    return lacking.filter((packet) => !arrived.has(packet));
  }

  #breakOffFresh(): void {
    if (!this.#fresh || this.#freshFromS === undefined) return;
    const sent = this.#freshSent();
    this.#wholePackets += sent;
    this.#fresh.leftPackets -= sent;
    this.#freshFromS = undefined;
    this.#spells++;
  }

  /** Packets of the fresh slice that have left since the sender came to it last, parts of one among them. */
  #freshSent(): number {
    if (!this.#fresh || this.#freshFromS === undefined) return 0;
    const { clock, packetS } = this.#order;
    const most = this.#fresh.leftPackets;
    return packetS === 0 ? most : Math.min(most, (clock.now - this.#freshFromS) / packetS);
  }

  /** When all slices are sent, whoever lacks nothing has the image. */
  #tellComplete(): void {
    if (this.#leftPackets > 0 || this.#fresh) return;
    const { clock, latencyS, onComplete } = this.#order;
    for (const machine of this.#receivers) {
      if (this.#complete.has(machine) || this.#lacks(machine)) continue;
      this.#complete.add(machine);
      clock.after(latencyS, () => onComplete(machine));
    }
  }

  #lacks(machine: number): boolean {
    return [this.#asked, this.#next].some((slice) => (slice?.lacking.get(machine)?.length ?? 0) > 0);
  }

  /** Does something later, unless the sender begins something else before. */
  #spell(delayS: number, action: () => void): void {
    const spell = ++this.#spells;
    this.#order.clock.after(delayS, () => {
      if (spell === this.#spells) action();
    });
  }
}
