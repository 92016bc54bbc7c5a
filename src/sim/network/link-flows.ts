import { FIRST_LENGTH, grown } from '../kernel/grown.ts';

/** Flows that a link has room for when it gets its first. */
const FIRST_ROOM = 4;

/** What a flow crosses beside a link: one other link, by its number, or one of these. */
export const NO_OTHER = -1;
export const SOME_OTHERS = -2;

/**
 * Of a link stand side by side, in 32 bytes: its level and what it carries [byte/s]; then, in halves of a double, where
 * its list starts, how long it is, and for how many flows it has room.
 */
const RATES = 4;
const CAPACITY = 1;
const HEAD = 2 * RATES;
const START = 4;
const LENGTH = 5;
const ROOM = 6;
/** Of a flow in a list, in 16 bytes: what it takes at most; then which it is, and what it crosses beside the link. */
const CAP = 2;
const ENTRY = 2 * CAP;
const FLOW = 2;
const OTHER = 3;

/**
 * The links: their levels, which flows cross each, and what else holds these up. That is many short lists side by side, so that what is looked at of
 * a link lies in few lines of the processor's cache. A list that needs more room moves to a place twice as large; what
 * it leaves is given to the next list that needs as much. What stands in a list is read `at` a place of the whole.
 */
export class LinkFlows {
  #rates = new Float64Array(FIRST_LENGTH * RATES);
  #heads = new Int32Array(this.#rates.buffer);
  #links = 0;
  #caps = new Float64Array(FIRST_LENGTH * CAP);
  #entries = new Int32Array(this.#caps.buffer);
  #end = 0;
  /** Starts of places that are free, by their room. */
  readonly #free = new Map<number, number[]>();

  /** How many links there are. */
  get size(): number {
    return this.#links;
  }

  /** @returns the number of a new link, from 0 on; it is not full */
  addLink(capacityBps: number): number {
    const link = this.#links++;
    if (link * HEAD === this.#heads.length) {
      this.#rates = grown(this.#rates);
      this.#heads = new Int32Array(this.#rates.buffer);
    }
    this.setLevel(link, Number.POSITIVE_INFINITY);
    this.setCapacity(link, capacityBps);
    return link;
  }

  /** What each of its fastest flows gets where a link is full, infinity where it is not [byte/s]. */
  levelOf(link: number): number {
    return this.#rates[link * RATES]!;
  }

  setLevel(link: number, levelBps: number): void {
    this.#rates[link * RATES] = levelBps;
  }

  /** [byte/s] */
  capacityOf(link: number): number {
    return this.#rates[link * RATES + CAPACITY]!;
  }

  setCapacity(link: number, capacityBps: number): void {
    this.#rates[link * RATES + CAPACITY] = capacityBps;
  }

  /** Where the flows of the link stand: from here on, and up to `endOf`. */
  startOf(link: number): number {
    return this.#heads[link * HEAD + START]!;
  }

  endOf(link: number): number {
    return this.#heads[link * HEAD + START]! + this.#heads[link * HEAD + LENGTH]!;
  }

  flowAt(at: number): number {
    return this.#entries[at * ENTRY + FLOW]!;
  }

  otherAt(at: number): number {
    return this.#entries[at * ENTRY + OTHER]!;
  }

  /** Most that the flow takes by itself [byte/s]. */
  capAt(at: number): number {
    return this.#caps[at * CAP]!;
  }

  /** @returns the place of the flow on the link, from 0 on */
  add(link: number, { flow, other, capBps }: { flow: number; other: number; capBps: number }): number {
    const head = link * HEAD;
    const place = this.#heads[head + LENGTH]!;
    if (place === this.#heads[head + ROOM]!) this.#enlarge(head);
    const at = this.#heads[head + START]! + place;
    this.#caps[at * CAP] = capBps;
    this.#entries[at * ENTRY + FLOW] = flow;
    this.#entries[at * ENTRY + OTHER] = other;
    this.#heads[head + LENGTH] = place + 1;
    return place;
  }

  /** Takes out the flow at the place on the link; the last flow of the link takes it. @returns that flow */
  remove(link: number, place: number): number {
    const start = this.startOf(link);
    const last = start + --this.#heads[link * HEAD + LENGTH]!;
    const from = last * ENTRY;
    const to = (start + place) * ENTRY;
    const flow = this.#entries[from + FLOW]!;
    this.#caps[(start + place) * CAP] = this.#caps[last * CAP]!;
    this.#entries[to + FLOW] = flow;
    this.#entries[to + OTHER] = this.#entries[from + OTHER]!;
    return flow;
  }

  #enlarge(head: number): void {
    const start = this.#heads[head + START]!;
    const room = this.#heads[head + ROOM]!;
    const larger = room === 0 ? FIRST_ROOM : 2 * room;
    const to = this.#placeFor(larger);
    this.#caps.copyWithin(to * CAP, start * CAP, (start + room) * CAP);
    if (room > 0) this.#freeOf(room).push(start);
    this.#heads[head + START] = to;
    this.#heads[head + ROOM] = larger;
  }

  #placeFor(room: number): number {
    const freed = this.#freeOf(room).pop();
    if (freed !== undefined) return freed;
    const start = this.#end;
    this.#end += room;
    while (this.#end * CAP > this.#caps.length) {
      this.#caps = grown(this.#caps);
      this.#entries = new Int32Array(this.#caps.buffer);
    }
    return start;
  }

  #freeOf(room: number): number[] {
    const free = this.#free.get(room) ?? [];
    this.#free.set(room, free);
    return free;
  }
}
