import type { Chance } from '../policy/chance.ts';
import { nextGrant } from '../policy/grant-choker.ts';
import type { Neighbour } from './neighbour.ts';
import type { News } from './news.ts';
import type { Showing } from './showing.ts';
import type { Unchokes, UnchokeTable } from './unchokes.ts';

/** What grants need to know. */
export interface GrantSettings {
  readonly chance: Chance;
  /** Grants at a time. */
  readonly slots: number;
  /** Bytes on one connection that may wait to leave: the next grant is made while they do. */
  readonly unsentBytes: number;
  /** A grant that nobody makes use of goes to the next after this time at the latest. */
  readonly patienceMs: number;
}

/** Share of a new answer in the average of how long they take (RFC 6298, section 2, has 1/8 for round trips). */
const ANSWER_GAIN = 1 / 16;
/** A grant is waited for so many times as long as answers take on average. */
const PATIENT_ANSWERS = 3;
/**
 * Pieces by which a neighbour has to be poorer to be given the slot of another. In the virtual lab, 20 machines: 4 to 16
 * are alike, without a margin they need 0.8 % more time, with a slot that changes hands at every piece 1.2 % more time
 * and 11 % more messages.
 */
const POORER_BY = 8;
/** Behind all that did make use of their grants. */
const IDLE_WEALTH = 2 ** 31;

/**
 * An upload is a grant: an unchoke for a piece's worth of bytes. When these have been handed to the connection it is
 * renewed without a word, unless a neighbour waits that is poorer by more than a few pieces. So the same few go on
 * sending to the same few, nobody waits for an answer at every piece, and all are done together. A seeder that deals
 * goes round: what is fresh has to be in many places.
 */
export class Grants implements Unchokes {
  readonly #settings: GrantSettings;
  readonly #table: UnchokeTable;
  readonly #news: News;
  readonly #showing: Showing | undefined;
  #count = 0;
  /** How long it takes from an unchoke to the first request, on average [ms]. */
  #answerMs: number;
  #peers = new Int32Array(0);

  constructor(
    settings: GrantSettings,
    table: UnchokeTable,
    shown: { news: News; showing: Showing | undefined },
  ) {
    this.#settings = settings;
    this.#answerMs = settings.patienceMs;
    this.#table = table;
    this.#news = shown.news;
    this.#showing = shown.showing;
  }

  joined(): void {
    this.#peers = Int32Array.from(this.#table.neighbours.keys());
  }

  left({ grant }: Neighbour): void {
    this.#peers = Int32Array.from(this.#table.neighbours.keys());
    if (grant) this.#count--;
  }

  /** Grants until all slots are taken or nobody wants anything. */
  fill(nowMs: number): void {
    while (this.#count < this.#settings.slots) {
      const neighbour = this.#next();
      // Nobody wants anything, or does not know that it does.
      if (!neighbour) return this.#news.tellAll();
      this.#grant(neighbour, nowMs);
    }
  }

  /**
   * What was granted and not asked for goes to the next: the grant was declined. What was dealt is never declined, these
   * words have crossed it on their way; if it is not asked for, it is taken back later (`ticked`).
   */
  lostInterest(neighbour: Neighbour): void {
    const isDealt = this.#isDealing() && neighbour.grant?.isUsed === false;
    if (neighbour.grant && !isDealt && neighbour.queue.length === 0) this.#end(neighbour);
  }

  used({ grant }: Neighbour, nowMs: number): void {
    if (!grant!.isUsed) this.#answerMs += ANSWER_GAIN * (nowMs - grant!.usedAtMs - this.#answerMs);
  }

  spent(neighbour: Neighbour, nowMs: number): void {
    neighbour.usedGrants++;
    const next = this.#next();
    if (!next || !(this.#isDealing() || isPoorer(next, neighbour)))
      return this.#table.renew(neighbour, nowMs);
    this.#end(neighbour);
    this.#grant(next, nowMs);
  }

  ticked(nowMs: number): void {
    const patienceMs = Math.min(this.#settings.patienceMs, PATIENT_ANSWERS * this.#answerMs);
    for (const neighbour of this.#table.neighbours.values()) {
      const { grant, queue, unsentBytes } = neighbour;
      if (!grant || queue.length > 0 || unsentBytes > 0) continue;
      if (nowMs - grant.usedAtMs < patienceMs) continue;
      neighbour.isIdle = true;
      this.#end(neighbour);
    }
  }

  endAll(): void {
    for (const neighbour of this.#table.neighbours.values()) if (neighbour.grant) this.#end(neighbour);
  }

  #next(): Neighbour | undefined {
    const { neighbours } = this.#table;
    const peer = this.#isDealing()
      ? this.#showing!.nextReceiver(this.#peers, (neighbour) => this.#isFree(neighbour))
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

  #canReceive(neighbour: Neighbour): boolean {
    return neighbour.isInterested && this.#isFree(neighbour);
  }

  /** It has no grant, and of the last one not much is left to leave. */
  #isFree({ grant, queue, unsentBytes }: Neighbour): boolean {
    return !grant && queue.length === 0 && unsentBytes <= this.#settings.unsentBytes;
  }

  #isDealing(): boolean {
    return this.#showing?.isChoosing === true;
  }

  #grant(neighbour: Neighbour, nowMs: number): void {
    this.#count++;
    this.#table.unchoke(neighbour, nowMs);
  }

  #end(neighbour: Neighbour): void {
    this.#count--;
    this.#table.choke(neighbour);
  }
}

/** [piece] Who does not say what it has is taken at what we gave it. */
function wealthOf({ pieces, usedGrants, isIdle }: Neighbour): number {
  return Math.max(pieces.size, usedGrants) + (isIdle ? IDLE_WEALTH : 0);
}

function isPoorer(neighbour: Neighbour, other: Neighbour): boolean {
  return wealthOf(neighbour) + POORER_BY < wealthOf(other);
}
