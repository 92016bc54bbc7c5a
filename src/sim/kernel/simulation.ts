import { EventQueue } from './event-queue.ts';
import { FIRST_LENGTH, grown } from './grown.ts';
import { Trace, type TraceListener } from './trace.ts';

/** What happens at an event. @param tag the number that the event was opened with */
export type Action = (tag: number) => void;

/**
 * Virtual time. Events at one instant run in the order in which they were scheduled; when an instant is over, and
 * before time moves on, `settle` lets the network share its links anew once for all that has changed.
 */
export class Simulation {
  /** Seconds since the first power-on. */
  now = 0;
  readonly trace: Trace;
  readonly #queue = new EventQueue();
  /** By event. */
  readonly #actions: (Action | undefined)[] = [];
  #tags = new Int32Array(FIRST_LENGTH);
  #settle: () => void = () => {};

  /** @param listener hears of every event of the trace */
  constructor(listener?: TraceListener) {
    this.trace = new Trace(listener);
  }

  /** Events that are still to come. */
  get pending(): number {
    return this.#queue.size;
  }

  /** Runs `settle` at the end of every instant; it may schedule events at the same instant. */
  onInstantOver(settle: () => void): void {
    this.#settle = settle;
  }

  /** Runs `action` once, `delayS` seconds from now. */
  after(delayS: number, action: () => void): void {
    const event = this.open(() => {
      this.close(event);
      action();
    });
    this.schedule(event, this.now + delayS);
  }

  /** An event that can be moved: see `schedule`, `cancel` and `close`. Many can share one action and tell it their tags. */
  open(action: Action, tag = 0): number {
    const event = this.#queue.open();
    this.#actions[event] = action;
    if (event === this.#tags.length) this.#tags = grown(this.#tags);
    this.#tags[event] = tag;
    return event;
  }

  schedule(event: number, timeS: number): void {
    this.#queue.schedule(event, timeS);
  }

  cancel(event: number): void {
    this.#queue.cancel(event);
  }

  /** Forgets an event of `open`. */
  close(event: number): void {
    this.#queue.cancel(event);
    this.#actions[event] = undefined;
    this.#queue.close(event);
  }

  /** Runs until nothing is left to happen. */
  run(): void {
    for (;;) {
      if (this.#queue.nextTime() > this.now) this.#settle();
      if (this.#queue.size === 0) return;
      this.now = this.#queue.nextTime();
      const event = this.#queue.take();
      this.#actions[event]!(this.#tags[event]!);
    }
  }
}
