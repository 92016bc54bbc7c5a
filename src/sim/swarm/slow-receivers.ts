import { ExtraSlots } from '../../engine/swarm/policy/extra-slots.ts';
import { GrantPace, mostSlow } from '../../engine/swarm/policy/grant-pace.ts';
import type { Simulation } from '../kernel/simulation.ts';
import type { UploadSlots } from './upload-slots.ts';

/** Share of the time by which a look comes later than when a grant would be slow: it has to last longer than that. */
const ROUNDING = 1e-12;

/** Whose grants are watched, and who hears of it. */
interface GrantsInSight {
  readonly uploads: UploadSlots;
  /** By peer. */
  readonly sites: readonly number[];
  readonly simulation: Simulation;
  /** An uploader has found that a receiver is slow, or may try one more. */
  readonly changed: (uploader: number, receiver: number) => void;
}

/** What an uploader knows. */
interface Uploader {
  readonly pace: GrantPace;
  readonly extra: ExtraSlots;
  readonly slots: number;
}

/**
 * Who is slow among those that uploaders serve: the rule of the engine (`policy/grant-pace.ts`). A seeder deals to slow
 * receivers last. Where they hold more than half of an uploader's slots and others could use these, what goes to the one
 * that was served longest goes on without a slot. At another site a receiver is far, and not slow.
 */
export class SlowReceivers {
  readonly #place: GrantsInSight;
  readonly #uploaders: Uploader[];
  /** Numbers of pairs. */
  readonly #slow = new Set<number>();
  /** By slot: when its grant began [s], the event of the next look at it, and whether it is without a slot. */
  readonly #begunS: Float64Array;
  readonly #looks: number[] = [];
  readonly #isAside: Uint8Array;

  constructor(place: GrantsInSight) {
    const { uploads, sites } = place;
    this.#place = place;
    this.#uploaders = sites.map((_, peer) => {
      const slots = uploads.limitOf(peer);
      return { pace: new GrantPace(), extra: new ExtraSlots(slots), slots };
    });
    this.#begunS = new Float64Array(uploads.size);
    this.#isAside = new Uint8Array(uploads.size);
  }

  isSlow(receiver: number, uploader: number): boolean {
    return this.#slow.size > 0 && this.#slow.has(this.#pairOf(receiver, uploader));
  }

  /** Whether a slot can be had from a slow receiver for another that is not. */
  canGiveWay(uploader: number): boolean {
    if (this.#slow.size === 0 || !this.#place.uploads.hasRoom(uploader)) return false;
    return this.#slowSlotsOf(uploader).length > mostSlow(this.#uploaders[uploader]!.slots);
  }

  /** The slow receiver that was served longest has no slot any more, and still gets what it has asked for. */
  giveWay(uploader: number): void {
    const slots = this.#slowSlotsOf(uploader);
    const longest = slots.reduce((one, other) => (this.#begunS[one]! <= this.#begunS[other]! ? one : other));
    this.#isAside[longest] = 1;
    this.#place.uploads.changeLimit(uploader, 1);
  }

  /** A slot was taken. */
  began(slot: number): void {
    const { uploads, simulation } = this.#place;
    this.#begunS[slot] = simulation.now;
    if (!this.#isWatched(slot)) return;
    this.#looks[slot] ??= simulation.open(this.#look, slot);
    this.#lookLater(slot, uploads.uploaderOf(slot));
  }

  /** All of a piece has arrived on a slot that is still taken. */
  arrived(slot: number): void {
    if (this.#isAside[slot] === 1 || !this.#isWatched(slot)) return;
    const { uploads } = this.#place;
    const number = uploads.uploaderOf(slot);
    const uploader = this.#uploaders[number]!;
    const tookMs = this.#lastsMs(slot);
    this.#setSlow(uploads.receiverOf(slot), number, uploader.pace.isSlow(tookMs));
    const isFirst = !uploader.pace.isKnown;
    uploader.pace.ended(tookMs);
    uploads.changeLimit(number, -uploader.extra.count);
    uploader.extra.ended();
    if (isFirst) for (const other of uploads.of(number)) this.#lookLater(other, number);
  }

  /** A slot that is still taken is going to be free. */
  ended(slot: number): void {
    if (!this.#isWatched(slot)) return;
    this.#place.simulation.cancel(this.#looks[slot]!);
    if (this.#isAside[slot] === 0) return;
    this.#isAside[slot] = 0;
    this.#place.uploads.changeLimit(this.#place.uploads.uploaderOf(slot), -1);
  }

  readonly #look = (slot: number): void => {
    const { uploads, changed } = this.#place;
    const number = uploads.uploaderOf(slot);
    const receiver = uploads.receiverOf(slot);
    const { pace, extra } = this.#uploaders[number]!;
    const lastsMs = this.#lastsMs(slot);
    if (pace.isSlow(lastsMs)) this.#setSlow(receiver, number, true);
    else if (!pace.isKnown && extra.lasts(lastsMs)) uploads.changeLimit(number, 1);
    else return this.#lookLater(slot, number);
    if (!pace.isKnown) this.#lookLater(slot, number);
    changed(number, receiver);
  };

  /** When it may be slow, or the uploader may try one more. */
  #lookLater(slot: number, number: number): void {
    if (!this.#isWatched(slot)) return;
    const { simulation } = this.#place;
    const { pace, extra } = this.#uploaders[number]!;
    const afterMs = pace.isKnown ? pace.slowAfterMs : extra.afterMs;
    if (afterMs === Number.POSITIVE_INFINITY) return simulation.cancel(this.#looks[slot]!);
    const lookS = (this.#begunS[slot]! + afterMs / 1000) * (1 + ROUNDING);
    simulation.schedule(this.#looks[slot]!, Math.max(simulation.now, lookS));
  }

  /** How long the grant of a slot has lasted. */
  #lastsMs(slot: number): number {
    return (this.#place.simulation.now - this.#begunS[slot]!) * 1000;
  }

  #slowSlotsOf(uploader: number): number[] {
    const { uploads } = this.#place;
    return [...uploads.of(uploader)].filter(
      (slot) => this.#isAside[slot] === 0 && this.isSlow(uploads.receiverOf(slot), uploader),
    );
  }

  #setSlow(receiver: number, uploader: number, isSlow: boolean): void {
    const pair = this.#pairOf(receiver, uploader);
    if (isSlow) this.#slow.add(pair);
    else this.#slow.delete(pair);
  }

  #pairOf(receiver: number, uploader: number): number {
    return uploader * this.#uploaders.length + receiver;
  }

  /** Both are peers, and at one site. */
  #isWatched(slot: number): boolean {
    const { uploads, sites } = this.#place;
    return sites[uploads.uploaderOf(slot)] === sites[uploads.receiverOf(slot)];
  }
}
