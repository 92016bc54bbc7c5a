import { grown } from '../kernel/grown.ts';

/** Room of a list that gets its first number. */
const FIRST_ROOM = 8;

/**
 * Many short lists of small numbers in one array, so that a list lies in few lines of the processor's cache. A list that
 * needs more room moves to a place twice as large; what it leaves is given to the next list that needs as much.
 */
export class NumberLists {
  /** By list: where it starts, how long it is, and for how many numbers it has room. */
  #starts = new Int32Array(16);
  #lengths = new Int32Array(16);
  #rooms = new Int32Array(16);
  #lists = 0;
  #values = new Int32Array(256);
  #end = 0;
  /** Starts of places that are free, by their room. */
  readonly #free = new Map<number, number[]>();

  /** @returns the number of a new, empty list, from 0 on */
  addList(): number {
    if (this.#lists === this.#starts.length) {
      this.#starts = grown(this.#starts);
      this.#lengths = grown(this.#lengths);
      this.#rooms = grown(this.#rooms);
    }
    return this.#lists++;
  }

  get size(): number {
    return this.#lists;
  }

  lengthOf(list: number): number {
    return this.#lengths[list]!;
  }

  at(list: number, place: number): number {
    return this.#values[this.#starts[list]! + place]!;
  }

  /** @returns the place of the value in the list */
  push(list: number, value: number): number {
    const place = this.#lengths[list]!;
    if (place === this.#rooms[list]!) this.#moveToLarger(list);
    this.#values[this.#starts[list]! + place] = value;
    this.#lengths[list] = place + 1;
    return place;
  }

  /** Takes out what stands at the place; the last value of the list takes it. @returns that value */
  removeAt(list: number, place: number): number {
    const start = this.#starts[list]!;
    const last = this.#values[start + --this.#lengths[list]!]!;
    this.#values[start + place] = last;
    return last;
  }

  #moveToLarger(list: number): void {
    const [start, room] = [this.#starts[list]!, this.#rooms[list]!];
    const larger = room === 0 ? FIRST_ROOM : 2 * room;
    const to = this.#placeFor(larger);
    this.#values.copyWithin(to, start, start + room);
    if (room > 0) this.#freeOf(room).push(start);
    this.#starts[list] = to;
    this.#rooms[list] = larger;
  }

  #placeFor(room: number): number {
    const start = this.#freeOf(room).pop() ?? this.#end;
    if (start < this.#end) return start;
    this.#end += room;
    while (this.#end > this.#values.length) this.#values = grown(this.#values);
    return start;
  }

  #freeOf(room: number): number[] {
    const free = this.#free.get(room) ?? [];
    this.#free.set(room, free);
    return free;
  }
}
