import { array, assert, constant, nat, oneof, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventQueue } from '../../../src/sim/kernel/event-queue.ts';

/** Few times, so that many events share one; or many, so that the heap has an order of its own. */
const times = oneof(nat({ max: 5 }), nat({ max: 1000 }));
const steps = array(
  oneof(
    { arbitrary: record({ act: constant('open' as const), timeS: times }), weight: 4 },
    { arbitrary: record({ act: constant('move' as const), which: nat(), timeS: times }), weight: 2 },
    { arbitrary: record({ act: constant('cancel' as const), which: nat() }), weight: 1 },
    { arbitrary: record({ act: constant('take' as const) }), weight: 1 },
  ),
  { maxLength: 300, size: 'max' },
);

/** The same queue as a list that is sorted anew every time; sorting is stable. */
class SortedList {
  #entries: { slot: number; timeS: number }[] = [];

  schedule(slot: number, timeS: number): void {
    this.cancel(slot);
    this.#entries.push({ slot, timeS });
    this.#entries.sort((a, b) => a.timeS - b.timeS);
  }

  cancel(slot: number): void {
    this.#entries = this.#entries.filter((entry) => entry.slot !== slot);
  }

  next(): { slot: number; timeS: number } | undefined {
    return this.#entries[0];
  }

  get size(): number {
    return this.#entries.length;
  }
}

describe('event queue', () => {
  it('takes events at one time in the order in which they were scheduled', () => {
    const queue = new EventQueue();
    const events = Array.from({ length: 200 }, () => queue.open());
    for (const event of events) queue.schedule(event, 7);
    expect(events.map(() => queue.take())).toEqual(events);
  });

  it('puts an event that is moved to its own time behind the others of that time', () => {
    const queue = new EventQueue();
    const [first, second] = [queue.open(), queue.open()];
    queue.schedule(first, 1);
    queue.schedule(second, 1);
    queue.schedule(first, 1);
    expect([queue.take(), queue.take()]).toEqual([second, first]);
  });

  it('agrees with a stable sort by time, whatever is moved, cancelled and taken in between', () => {
    assert(
      property(steps, (script) => {
        const queue = new EventQueue();
        const list = new SortedList();
        const slots: number[] = [];
        for (const step of script) {
          const slot = 'which' in step ? slots[step.which % slots.length] : undefined;
          if (step.act === 'open') {
            const opened = queue.open();
            slots.push(opened);
            queue.schedule(opened, step.timeS);
            list.schedule(opened, step.timeS);
          } else if (step.act === 'move' && slot !== undefined) {
            queue.schedule(slot, step.timeS);
            list.schedule(slot, step.timeS);
          } else if (step.act === 'cancel' && slot !== undefined) {
            queue.cancel(slot);
            list.cancel(slot);
          } else if (step.act === 'take' && list.size > 0) {
            const expected = list.next()!;
            expect(queue.take()).toBe(expected.slot);
            list.cancel(expected.slot);
          }
          expect(queue.size).toBe(list.size);
          expect(queue.nextTime()).toBe(list.next()?.timeS ?? Infinity);
        }
        for (let next = list.next(); next; next = list.next()) {
          expect(queue.take()).toBe(next.slot);
          list.cancel(next.slot);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('gives a closed handle out again', () => {
    const queue = new EventQueue();
    const event = queue.open();
    queue.close(event);
    expect(queue.open()).toBe(event);
    expect(queue.open()).not.toBe(event);
  });

  it('has no next time when it is empty', () => {
    const queue = new EventQueue();
    const event = queue.open();
    expect(queue.nextTime()).toBe(Infinity);
    queue.schedule(event, 3);
    queue.cancel(event);
    expect(queue.nextTime()).toBe(Infinity);
    expect(queue.size).toBe(0);
  });
});
