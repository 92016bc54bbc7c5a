import type { Chance } from '../policy/chance.ts';
import { ExtraSlots } from '../policy/extra-slots.ts';
import { nextGrant } from '../policy/grant-choker.ts';
import { GrantPace, mostSlow } from '../policy/grant-pace.ts';
import { GrantPatience } from '../policy/grant-patience.ts';
import type { Grant, Neighbour } from './neighbour.ts';
import type { News } from './news.ts';
import type { Showing } from './showing.ts';
import { areApart, type OwnPlace } from './site-gate.ts';
import type { Unchokes, UnchokeTable } from './unchokes.ts';

/** What grants need to know. */
export interface GrantSettings {
  readonly chance: Chance;
  readonly place: OwnPlace;
  /** Grants at a time. */
  readonly slots: number;
  /** Bytes on one connection that may wait to leave: the next grant is made while they do. */
  readonly unsentBytes: number;
  /** A grant that nobody makes use of goes to the next after this time, or after what answers take. */
  readonly patienceMs: number;
}

/**
 * Pieces by which a neighbour has to be poorer to be given the slot of another. In the virtual lab, 20 machines: 4 to 16
 * are alike, without a margin they need 0.8 % more time, with a slot that changes hands at every piece 1.2 % more time
 * and 11 % more messages.
 */
const POORER_BY = 8;
/**
 * Pieces after which a slot goes to whoever waits for one, however rich it looks. What others have is known in part only (nobody
 * is told of what it has itself), and a machine with three sources instead of four may look no poorer than others up to
 * the end: in the virtual lab, ten machines with one queue for all that each sends, the last was done after up
 * to 1.17 copies of time without this, and 1.12 with it; 8 to 32 are alike.
 */
const MOST_IN_A_ROW = 16;
/**
 * Pieces that a seeder that deals may have on their way beyond its slots, those included that wait in buffers of the
 * system. What is small goes there as a whole, and without this limit twenty pieces were on their way at a time in the
 * beginning, and none of them was anywhere: in the netns lab, 20 machines at 10 Mbit/s, the first pieces were there after
 * 16 to 20 times what one takes, and now after 7.
 */
const ARRIVING = 2;
/** Behind all that did make use of their grants, and behind all that are not slow. */
const IDLE_WEALTH = 2 ** 31;
const SLOW_WEALTH = 2 ** 32;

/**
 * An upload is a grant: an unchoke for a piece's worth of bytes. When these have been handed to the connection it is
 * renewed without a word, unless a neighbour waits that is poorer by more than a few pieces, or waits while it is for the
 * same one for long. So the same few go on sending to the same few, nobody waits for an answer at every piece, and all are
 * done together. A seeder that deals goes round: what is fresh has to be in many places.
 */
export class Grants implements Unchokes {
  readonly #settings: GrantSettings;
  readonly #table: UnchokeTable;
  readonly #news: News;
  readonly #showing: Showing | undefined;
  #count = 0;
  readonly #pace = new GrantPace();
  readonly #extra: ExtraSlots;
  readonly #patience: GrantPatience;
  /** Grants to those that are slow. */
  #slow = 0;
  #peers = new Int32Array(0);

  constructor(
    settings: GrantSettings,
    table: UnchokeTable,
    shown: { news: News; showing: Showing | undefined },
  ) {
    this.#settings = settings;
    this.#extra = new ExtraSlots(settings.slots);
    this.#patience = new GrantPatience(settings.patienceMs);
    this.#table = table;
    this.#news = shown.news;
    this.#showing = shown.showing;
  }

  joined(): void {
    this.#peers = Int32Array.from(this.#table.neighbours.keys());
  }

  left(neighbour: Neighbour): void {
    this.#peers = Int32Array.from(this.#table.neighbours.keys());
    if (neighbour.grant) this.#uncount(neighbour);
  }

  /** Grants until all slots are taken or nobody wants anything. */
  fill(nowMs: number): void {
    const slots = this.#settings.slots + this.#extra.count;
    while (this.#count > slots && this.#hasTooManySlow()) this.#end(this.#longestSlow());
    for (;;) {
      if (this.#arrivingBeyond(nowMs) >= ARRIVING) return;
      const isFull = this.#count >= slots;
      const neighbour = isFull ? this.#nextInPlaceOfSlow(nowMs) : this.#next(nowMs);
      if (!neighbour) {
        if (!isFull) this.#news.slotIsFree(nowMs);
        return;
      }
      if (isFull) this.#end(this.#longestSlow());
      this.#grant(neighbour, nowMs);
    }
  }

  /**
   * What was granted and not asked for goes to the next: the grant was declined. What was dealt is never declined, these
   * words have crossed it on their way; if it is not asked for, it is taken back later (`ticked`). To another seeder that
   * deals nothing is dealt.
   */
  lostInterest(neighbour: Neighbour): void {
    const isDealt = this.#isDealing() && !neighbour.isDealer && neighbour.grant?.isUsed === false;
    if (neighbour.grant && !isDealt && neighbour.queue.length === 0) this.#end(neighbour);
  }

  used({ grant, queue, unsentBytes }: Neighbour, nowMs: number): void {
    const { isUsed, usedAtMs } = grant!;
    if (!isUsed || (queue.length === 0 && unsentBytes === 0))
      this.#patience.answered(nowMs - usedAtMs, isUsed);
  }

  /** Its grant was given up too early; it stays behind others all the same, who answer sooner. */
  missed(neighbour: Neighbour, nowMs: number): void {
    if (!neighbour.lapsed) return;
    this.#patience.answered(nowMs - neighbour.lapsed.usedAtMs, neighbour.lapsed.isUsed);
    neighbour.lapsed = undefined;
  }

  spent(neighbour: Neighbour, nowMs: number): void {
    neighbour.usedGrants++;
    const tookMs = waitedMs(neighbour.grant!, nowMs);
    neighbour.grant!.waitedMs = 0;
    neighbour.grant!.waitingSinceMs = nowMs;
    if (this.#isNear(neighbour)) {
      this.#setSlow(neighbour, this.#pace.isSlow(tookMs));
      this.#pace.ended(tookMs);
    }
    this.#extra.ended();
    const isOver = this.#count > this.#settings.slots || this.#arrivingBeyond(nowMs) > ARRIVING;
    if (isOver) return this.#end(neighbour);
    const next = this.#next(nowMs);
    if (!next || !(this.#isDealing() || goesBefore(next, neighbour)))
      return this.#table.renew(neighbour, nowMs);
    this.#end(neighbour);
    this.#grant(next, nowMs);
  }

  ticked(nowMs: number): void {
    for (const neighbour of this.#table.neighbours.values()) {
      const { grant, queue, unsentBytes } = neighbour;
      if (!grant) continue;
      if (queue.length > 0 || unsentBytes > 0) {
        this.#watchPace(neighbour, waitedMs(grant, nowMs));
        continue;
      }
      if (nowMs - grant.usedAtMs < this.#patience.longestMs(grant.isUsed)) continue;
      neighbour.isIdle = true;
      neighbour.lapsed = grant;
      this.#showing?.lapsed(neighbour);
      this.#end(neighbour);
    }
  }

  endAll(): void {
    for (const neighbour of this.#table.neighbours.values()) if (neighbour.grant) this.#end(neighbour);
  }

  /** What a slow neighbour has asked for it gets, but it may hold no slot that another could use. */
  #nextInPlaceOfSlow(nowMs: number): Neighbour | undefined {
    if (!this.#hasTooManySlow()) return undefined;
    const next = this.#next(nowMs);
    return next?.isSlow ? undefined : next;
  }

  #hasTooManySlow(): boolean {
    return this.#slow > mostSlow(this.#settings.slots);
  }

  #longestSlow(): Neighbour {
    return this.#table.neighbours
      .values()
      .filter(({ grant, isSlow }) => grant && isSlow)
      .reduce((one, other) => (one.grant!.waitedMs >= other.grant!.waitedMs ? one : other));
  }

  /** Those that are slow come last. */
  #next(nowMs: number): Neighbour | undefined {
    const { neighbours } = this.#table;
    const peer = this.#isDealing()
      ? this.#nextDealtTo(nowMs)
      : nextGrant(
          {
            neighbours: this.#peers,
            start: 0,
            end: this.#peers.length,
            wealthOf: (candidate) => wealthOf(neighbours.get(candidate)!),
            canReceive: (candidate) => this.#canReceive(neighbours.get(candidate)!),
          },
          this.#settings.chance,
        );
    return neighbours.get(peer);
  }

  #nextDealtTo(nowMs: number): number {
    const next = (isSlow: boolean): number =>
      this.#showing!.nextReceiver(
        this.#peers,
        (neighbour) => neighbour.isSlow === isSlow && this.#isFree(neighbour),
        nowMs,
      );
    const quick = next(false);
    return quick === -1 ? next(true) : quick;
  }

  #canReceive(neighbour: Neighbour): boolean {
    return neighbour.isInterested && this.#isFree(neighbour);
  }

  /** It has no grant, and of the last one not much is left to leave. */
  #isFree({ grant, queue, unsentBytes }: Neighbour): boolean {
    return !grant && queue.length === 0 && unsentBytes <= this.#settings.unsentBytes;
  }

  #watchPace(neighbour: Neighbour, lastsMs: number): void {
    if (!this.#pace.isKnown) this.#extra.lasts(lastsMs);
    if (!this.#isNear(neighbour) || !this.#pace.isSlow(lastsMs)) return;
    this.#setSlow(neighbour, true);
    this.#showing?.slowed(neighbour);
  }

  /** At another site it is slow because the way is, and what goes there others wait for. */
  #isNear({ site }: Neighbour): boolean {
    return !areApart(this.#settings.place.site, site);
  }

  /** It has a grant. */
  #setSlow(neighbour: Neighbour, isSlow: boolean): void {
    this.#slow += Number(isSlow) - Number(neighbour.isSlow);
    neighbour.isSlow = isSlow;
  }

  /** Pieces on their way, those that are handed over and those that are granted, beyond the slots. */
  #arrivingBeyond(nowMs: number): number {
    const arriving = this.#isDealing() ? this.#showing!.arriving(nowMs) : 0;
    return arriving === 0 ? 0 : arriving + this.#count - this.#settings.slots;
  }

  #isDealing(): boolean {
    return this.#showing?.isChoosing === true;
  }

  #grant(neighbour: Neighbour, nowMs: number): void {
    this.#count++;
    if (neighbour.isSlow) this.#slow++;
    this.#table.unchoke(neighbour, nowMs);
  }

  #end(neighbour: Neighbour): void {
    this.#uncount(neighbour);
    this.#table.choke(neighbour);
  }

  #uncount({ isSlow }: Neighbour): void {
    this.#count--;
    if (isSlow) this.#slow--;
  }
}

/** Time in which blocks of a grant have waited to leave, where one does now [ms]. */
function waitedMs({ waitedMs: before, waitingSinceMs }: Grant, nowMs: number): number {
  return before + nowMs - waitingSinceMs;
}

/** [piece] Who does not say what it has is taken at what we gave it. */
function wealthOf({ pieces, usedGrants, isIdle, isSlow }: Neighbour): number {
  return Math.max(pieces.size, usedGrants) + (isIdle ? IDLE_WEALTH : 0) + (isSlow ? SLOW_WEALTH : 0);
}

/** Whether a neighbour is to have the slot of another that has used up a grant. */
function goesBefore(neighbour: Neighbour, other: Neighbour): boolean {
  const wealth = wealthOf(neighbour);
  if (other.grant!.pieces >= MOST_IN_A_ROW && wealth < IDLE_WEALTH) return true;
  return wealth + POORER_BY < wealthOf(other);
}
