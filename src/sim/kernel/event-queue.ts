/**
 * Future events in the order (time, sequence): of two events at the same time the one scheduled first comes first.
 * A binary heap on typed arrays; an event can be moved or cancelled by its handle in O(log n).
 */
export class EventQueue {
  #times = new Float64Array(64);
  #sequences = new Float64Array(64);
  /** Heap of slots, and the place of every slot in it (-1 when it is not scheduled). */
  #heap = new Int32Array(64);
  #places = new Int32Array(64).fill(-1);
  #free: number[] = [];
  #slots = 0;
  #size = 0;
  #nextSequence = 0;

  get size(): number {
    return this.#size;
  }

  /** A handle for one event that is scheduled, moved and cancelled as often as wanted. */
  open(): number {
    const slot = this.#free.pop() ?? this.#slots++;
    if (slot === this.#times.length) this.#grow();
    return slot;
  }

  /** Gives the handle back; it must not be scheduled. */
  close(slot: number): void {
    this.#free.push(slot);
  }

  /** Schedules the event, or moves it when it is scheduled already. */
  schedule(slot: number, time: number): void {
    this.#times[slot] = time;
    this.#sequences[slot] = this.#nextSequence++;
    if (this.#places[slot] === -1) {
      this.#place(slot, this.#size++);
      this.#rise(slot);
      return;
    }
    this.#rise(slot);
    this.#sink(slot);
  }

  cancel(slot: number): void {
    const place = this.#places[slot]!;
    if (place === -1) return;
    this.#places[slot] = -1;
    const last = this.#heap[--this.#size]!;
    if (last === slot) return;
    this.#place(last, place);
    this.#rise(last);
    this.#sink(last);
  }

  /** Time of the next event, or Infinity. */
  nextTime(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : this.#times[this.#heap[0]!]!;
  }

  /** Takes the next event out; its handle stays open. */
  take(): number {
    const slot = this.#heap[0]!;
    this.cancel(slot);
    return slot;
  }

  #place(slot: number, place: number): void {
    this.#heap[place] = slot;
    this.#places[slot] = place;
  }

  #isBefore(a: number, b: number): boolean {
    const difference = this.#times[a]! - this.#times[b]!;
    return difference !== 0 ? difference < 0 : this.#sequences[a]! < this.#sequences[b]!;
  }

  #rise(slot: number): void {
    let place = this.#places[slot]!;
    while (place > 0) {
      const parent = this.#heap[(place - 1) >> 1]!;
      if (!this.#isBefore(slot, parent)) break;
      this.#place(parent, place);
      place = (place - 1) >> 1;
    }
    this.#place(slot, place);
  }

  #sink(slot: number): void {
    let place = this.#places[slot]!;
    while (2 * place + 1 < this.#size) {
      const left = 2 * place + 1;
      const hasRight = left + 1 < this.#size;
      const child = hasRight && this.#isBefore(this.#heap[left + 1]!, this.#heap[left]!) ? left + 1 : left;
      if (!this.#isBefore(this.#heap[child]!, slot)) break;
      this.#place(this.#heap[child]!, place);
      place = child;
    }
    this.#place(slot, place);
  }

  #grow(): void {
    const capacity = this.#times.length * 2;
    const times = new Float64Array(capacity);
    const sequences = new Float64Array(capacity);
    const heap = new Int32Array(capacity);
    const places = new Int32Array(capacity).fill(-1);
    times.set(this.#times);
    sequences.set(this.#sequences);
    heap.set(this.#heap);
    places.set(this.#places);
    this.#times = times;
    this.#sequences = sequences;
    this.#heap = heap;
    this.#places = places;
  }
}
