import { grown } from '../kernel/grown.ts';

/** Flows that a link has room for when it gets its first. */
const FIRST_ROOM = 8;

/** What a flow crosses beside a link: one other link, by its number, or one of these. */
export const NO_OTHER = -1;
export const SOME_OTHERS = -2;

/**
 * Which flows cross each link, and what else holds them up: many short lists side by side, so that what is looked at of
 * a link lies in few lines of the processor's cache. A list that needs more room moves to a place twice as large; what
 * it leaves is given to the next list that needs as much. What stands in a list is read `at` a place of the whole.
 */
export class LinkFlows {
  /** By link: where its list starts, how long it is, and for how many flows it has room. */
  #starts = new Int32Array(16);
  #lengths = new Int32Array(16);
  #rooms = new Int32Array(16);
  #links = 0;
  #flows = new Int32Array(256);
  #others = new Int32Array(256);
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
    if (this.#links === this.#starts.length) {
      this.#starts = grown(this.#starts);
      this.#lengths = grown(this.#lengths);
      this.#rooms = grown(this.#rooms);
    }
    return this.#links++;
  }

  /** Where the flows of the link stand: from here on, and up to `endOf`. */
  startOf(link: number): number {
    return this.#starts[link]!;
  }

  endOf(link: number): number {
    return this.#starts[link]! + this.#lengths[link]!;
  }

  flowAt(at: number): number {
    return this.#flows[at]!;
  }

  otherAt(at: number): number {
    return this.#others[at]!;
  }

  /** Most that the flow takes by itself [byte/s]. */
  capAt(at: number): number {
    return this.#caps[at]!;
  }

  /** @returns the place of the flow on the link, from 0 on */
  add(link: number, { flow, other, capBps }: { flow: number; other: number; capBps: number }): number {
    const place = this.#lengths[link]!;
    if (place === this.#rooms[link]!) this.#enlarge(link);
    const at = this.#starts[link]! + place;
    this.#flows[at] = flow;
    this.#others[at] = other;
    this.#caps[at] = capBps;
    this.#lengths[link] = place + 1;
    return place;
  }

  /** Takes out the flow at the place on the link; the last flow of the link takes it. @returns that flow */
  remove(link: number, place: number): number {
    const at = this.#starts[link]! + place;
    const last = this.#starts[link]! + --this.#lengths[link]!;
    this.#flows[at] = this.#flows[last]!;
    this.#others[at] = this.#others[last]!;
    this.#caps[at] = this.#caps[last]!;
    return this.#flows[last]!;
  }

  #enlarge(link: number): void {
    const [start, room] = [this.#starts[link]!, this.#rooms[link]!];
    const larger = room === 0 ? FIRST_ROOM : 2 * room;
    const to = this.#placeFor(larger);
    for (const values of [this.#flows, this.#others, this.#caps]) values.copyWithin(to, start, start + room);
    if (room > 0) this.#freeOf(room).push(start);
    this.#starts[link] = to;
    this.#rooms[link] = larger;
  }

  #placeFor(room: number): number {
    const freed = this.#freeOf(room).pop();
    if (freed !== undefined) return freed;
    const start = this.#end;
    this.#end += room;
    while (this.#end > this.#flows.length) {
      this.#flows = grown(this.#flows);
      this.#others = grown(this.#others);
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
