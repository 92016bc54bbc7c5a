import { grown } from '../kernel/grown.ts';

/** Flows that a link has room for when it gets its first. */
const FIRST_ROOM = 8;

/** What a flow crosses beside a link: one other link, by its number, or one of these. */
export const NO_OTHER = -1;
export const SOME_OTHERS = -2;

/** Numbers kept of a link: where its list starts, how long it is, and for how many flows it has room. */
const HEAD = 4;
const LENGTH = 1;
const ROOM = 2;
/** Numbers kept of a flow in a list: which it is, and what it crosses beside the link. */
const ENTRY = 2;

/**
 * Which flows cross each link, and what else holds them up: many short lists side by side, so that what is looked at of
 * a link lies in few lines of the processor's cache. A list that needs more room moves to a place twice as large; what
 * it leaves is given to the next list that needs as much. What stands in a list is read `at` a place of the whole.
 */
export class LinkFlows {
  #heads = new Int32Array(16 * HEAD);
  #links = 0;
  #entries = new Int32Array(256 * ENTRY);
  #caps = new Float64Array(256);
  #end = 0;
  /** Starts of places that are free, by their room. */
  readonly #free = new Map<number, number[]>();

  /** How many links there are. */
  get size(): number {
    return this.#links;
  }

  /** @returns the number of a new link, from 0 on */
  addLink(): number {
    if (this.#links * HEAD === this.#heads.length) this.#heads = grown(this.#heads);
    return this.#links++;
  }

  /** Where the flows of the link stand: from here on, and up to `endOf`. */
  startOf(link: number): number {
    return this.#heads[link * HEAD]!;
  }

  endOf(link: number): number {
    return this.#heads[link * HEAD]! + this.#heads[link * HEAD + LENGTH]!;
  }

  flowAt(at: number): number {
    return this.#entries[at * ENTRY]!;
  }

  otherAt(at: number): number {
    return this.#entries[at * ENTRY + 1]!;
  }

  /** Most that the flow takes by itself [byte/s]. */
  capAt(at: number): number {
    return this.#caps[at]!;
  }

  /** @returns the place of the flow on the link, from 0 on */
  add(link: number, { flow, other, capBps }: { flow: number; other: number; capBps: number }): number {
    const head = link * HEAD;
    const place = this.#heads[head + LENGTH]!;
    if (place === this.#heads[head + ROOM]!) this.#enlarge(head);
    const at = this.#heads[head]! + place;
    this.#entries[at * ENTRY] = flow;
    this.#entries[at * ENTRY + 1] = other;
    this.#caps[at] = capBps;
    this.#heads[head + LENGTH] = place + 1;
    return place;
  }

  /** Takes out the flow at the place on the link; the last flow of the link takes it. @returns that flow */
  remove(link: number, place: number): number {
    const start = this.#heads[link * HEAD]!;
    const at = start + place;
    const last = start + --this.#heads[link * HEAD + LENGTH]!;
    const flow = this.#entries[last * ENTRY]!;
    this.#entries[at * ENTRY] = flow;
    this.#entries[at * ENTRY + 1] = this.#entries[last * ENTRY + 1]!;
    this.#caps[at] = this.#caps[last]!;
    return flow;
  }

  #enlarge(head: number): void {
    const [start, room] = [this.#heads[head]!, this.#heads[head + ROOM]!];
    const larger = room === 0 ? FIRST_ROOM : 2 * room;
    const to = this.#placeFor(larger);
    this.#entries.copyWithin(to * ENTRY, start * ENTRY, (start + room) * ENTRY);
    this.#caps.copyWithin(to, start, start + room);
    if (room > 0) this.#freeOf(room).push(start);
    this.#heads[head] = to;
    this.#heads[head + ROOM] = larger;
  }

  #placeFor(room: number): number {
    const freed = this.#freeOf(room).pop();
    if (freed !== undefined) return freed;
    const start = this.#end;
    this.#end += room;
    while (this.#end > this.#caps.length) {
      this.#entries = grown(this.#entries);
      this.#caps = grown(this.#caps);
    }
    return start;
  }

  #freeOf(room: number): number[] {
    const free = this.#free.get(room) ?? [];
    this.#free.set(room, free);
    return free;
  }
}
