import { lossesOf } from './multicast-rounds.ts';
import type { LossChance } from './sending.ts';
import type { SendingClock } from './sending-clock.ts';

/** A carousel as its listeners know it. */
export interface Turning {
  readonly packets: number;
  /** Time that one packet takes [s]. */
  readonly packetS: number;
  readonly chance: LossChance;
  readonly clock: SendingClock;
}

/** When nothing arrives, by the clock of the carousel [s]. */
interface Outage {
  readonly fromS: number;
  toS: number;
}

/**
 * One machine that listens to a carousel: from wherever the image is when it comes, once around, and then for what it
 * lacks until it has that, too. Places are counted from the packet that it hears first.
 */
export class CarouselListener {
  readonly #turning: Turning;
  readonly #fromS: number;
  readonly #onComplete: () => void;
  readonly #outages: Outage[] = [];
  /** Rounds that are over for it. */
  #rounds = 0;
  /** Places that it lacks, in order; undefined for all of them. */
  #lacking: Int32Array | undefined;
  /** Whether it waits for its cable before it counts on. */
  #isWaiting = false;
  #hasLeft = false;

  /** @param fromS when the first packet begins to arrive, by the clock of the carousel [s] */
  constructor(turning: Turning, fromS: number, onComplete: () => void) {
    this.#turning = turning;
    this.#fromS = fromS;
    this.#onComplete = onComplete;
    this.#listen();
  }

  /** Packets that have passed when its present round is over, counted from its first. */
  get roundEnd(): number {
    const { packets } = this.#turning;
    return this.#rounds * packets + (this.#lacking ? this.#lacking.at(-1)! + 1 : packets);
  }

  /** Whether its cable is out. */
  get isCutOff(): boolean {
    return this.#outages.at(-1)?.toS === Number.POSITIVE_INFINITY;
  }

  /** Nothing arrives from now on. @returns which of its outages that is */
  cutOff(): number {
    if (!this.isCutOff) this.#outages.push({ fromS: this.#turning.clock.now, toS: Number.POSITIVE_INFINITY });
    return this.#outages.length;
  }

  /** Whether it is still cut off by that outage. */
  isIn(outage: number): boolean {
    return this.isCutOff && this.#outages.length === outage;
  }

  /** The carousel turns. */
  heardAgain(): void {
    if (!this.isCutOff) return;
    this.#outages.at(-1)!.toS = this.#turning.clock.now;
    if (!this.#isWaiting) return;
    this.#isWaiting = false;
    this.#listen();
  }

  leave(): void {
    this.#hasLeft = true;
  }

  /** A round is over when the last packet has passed that was lacking; one that was missed as a whole is over at once. */
  #listen(): void {
    const { clock, packetS } = this.#turning;
    const overS = this.#fromS + this.roundEnd * packetS;
    clock.after(Math.max(0, overS - clock.now), () => this.#roundOver());
  }

  #roundOver(): void {
    if (this.#hasLeft) return;
    const lacking = this.#stillLacking();
    if (lacking.length === 0) return this.#onComplete();
    this.#lacking = lacking;
    this.#rounds++;
    this.#isWaiting = this.isCutOff;
    if (!this.#isWaiting) this.#listen();
  }

  #stillLacking(): Int32Array {
    const { packets, chance } = this.#turning;
    const before = this.#lacking;
    const lost = lossesOf(before?.length ?? packets, chance);
    const byChance = before ? lost.map((place) => before[place]!) : lost;
    const outages = this.#outages.filter(({ toS }) => toS > this.#roundS);
    if (outages.length === 0) return byChance;
    const missed = outages.flatMap((outage) => this.#placesIn(outage));
    const cutOff = before ? keptOf(before, missed) : missed.flatMap(([from, to]) => range(from, to));
    return Int32Array.from(new Set([...byChance, ...cutOff])).sort();
  }

  /** Places of this round that were under way when nothing arrived, from the first to before the last. */
  #placesIn({ fromS, toS }: Outage): [number, number][] {
    const { packets, packetS } = this.#turning;
    const startS = this.#roundS;
    if (packetS === 0) return toS === Number.POSITIVE_INFINITY ? [[0, packets]] : [];
    const first = Math.max(0, Math.floor((fromS - startS) / packetS));
    const end = Math.min(packets, Math.ceil((toS - startS) / packetS));
    return first < end ? [[first, end]] : [];
  }

  /** When its present round began [s]. */
  get #roundS(): number {
    const { packets, packetS } = this.#turning;
    return this.#fromS + this.#rounds * packets * packetS;
  }
}

function keptOf(places: Int32Array, ranges: readonly [number, number][]): Int32Array {
  return places.filter((place) => ranges.some(([from, to]) => place >= from && place < to));
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, step) => from + step);
}
