import { FIRST_LENGTH, grown } from './grown.ts';

/** Children of a place in the heap: four lie in one line of the processor's cache. */
const WIDTH_BITS = 2;
const WIDTH = 1 << WIDTH_BITS;

/**
 * Future events in the order (time, sequence): of two events at the same time the one scheduled first comes first.
 * A heap on typed arrays with four children a place, its keys in its own order (LaMarca & Ladner 1996, The Influence of
 * Caches on the Performance of Heaps); an event can be moved or cancelled by its handle in O(log n).
 */
export class EventQueue {
  /** By place in the heap: time, sequence and handle. */
  #times = new Float64Array(FIRST_LENGTH);
  #sequences = new Float64Array(FIRST_LENGTH);
  #events = new Int32Array(FIRST_LENGTH);
  /** By handle: its place, -1 when it is not scheduled. */
  #places = new Int32Array(FIRST_LENGTH).fill(-1);
  #free: number[] = [];
  #handles = 0;
  #size = 0;
  #nextSequence = 0;

  get size(): number {
    return this.#size;
  }

  /** A handle for one event that is scheduled, moved and cancelled as often as wanted. */
  open(): number {
    const event = this.#free.pop() ?? this.#handles++;
    if (event === this.#places.length) this.#grow();
    return event;
  }

  /** Gives the handle back; it must not be scheduled. */
  close(event: number): void {
    this.#free.push(event);
  }

  /** Schedules the event, or moves it when it is scheduled already. */
  schedule(event: number, time: number): void {
    const sequence = this.#nextSequence++;
    const place = this.#places[event]!;
    if (place === -1) this.#rise(this.#size++, event, time, sequence);
    else if (time < this.#times[place]!) this.#rise(place, event, time, sequence);
    else this.#sink(place, event, time, sequence);
  }

  cancel(event: number): void {
    const place = this.#places[event]!;
    if (place === -1) return;
    this.#places[event] = -1;
    const last = --this.#size;
    if (last === place) return;
    const moved = this.#events[last]!;
    const time = this.#times[last]!;
    const sequence = this.#sequences[last]!;
    if (this.#isBefore(time, sequence, place)) this.#rise(place, moved, time, sequence);
    else this.#sink(place, moved, time, sequence);
  }

  /** Time of the next event, or Infinity. */
  nextTime(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : this.#times[0]!;
  }

  /** Takes the next event out; its handle stays open. */
  take(): number {
    const event = this.#events[0]!;
    this.cancel(event);
    return event;
  }

  #isBefore(time: number, sequence: number, place: number): boolean {
    const other = this.#times[place]!;
    return time !== other ? time < other : sequence < this.#sequences[place]!;
  }

  #put(place: number, event: number, time: number, sequence: number): void {
    this.#times[place] = time;
    this.#sequences[place] = sequence;
    this.#events[place] = event;
    this.#places[event] = place;
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#events[from]!, this.#times[from]!, this.#sequences[from]!);
  }

  /** Puts the event at this place or at one nearer to the root. */
  #rise(from: number, event: number, time: number, sequence: number): void {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> WIDTH_BITS;
      if (!this.#isBefore(time, sequence, parent)) break;
      this.#move(parent, place);
      place = parent;
    }
    this.#put(place, event, time, sequence);
  }

  /** Puts the event at this place or at one farther from the root. */
  #sink(from: number, event: number, time: number, sequence: number): void {
    let place = from;
    for (;;) {
      const child = this.#firstChild(place);
      if (child === -1 || this.#isBefore(time, sequence, child)) break;
      this.#move(child, place);
      place = child;
    }
    this.#put(place, event, time, sequence);
  }

  /** The child that comes first, or -1. */
  #firstChild(place: number): number {
    const start = WIDTH * place + 1;
    if (start >= this.#size) return -1;
    const end = Math.min(start + WIDTH, this.#size);
    let first = start;
    for (let child = start + 1; child < end; child++)
      if (this.#isBefore(this.#times[child]!, this.#sequences[child]!, first)) first = child;
    return first;
  }

  #grow(): void {
    const handles = this.#places.length;
    this.#times = grown(this.#times);
    this.#sequences = grown(this.#sequences);
    this.#events = grown(this.#events);
    this.#places = grown(this.#places).fill(-1, handles);
  }
}
