import { FIRST_LENGTH, grown } from '../kernel/grown.ts';
import type { Action, Simulation } from '../kernel/simulation.ts';
import { FairShare } from './fair-share.ts';

/** A transfer to be started. */
export interface Transfer {
  /** Link numbers from sender to receiver, each once. */
  readonly path: readonly number[];
  readonly bytes: number;
  /** Most that the connection carries by itself [byte/s]; Infinity for no limit. */
  readonly capBps: number;
}

/** Links and the flows that share them max-min fairly on virtual time. Rates are settled once, at the end of an instant. */
export class FlowNetwork {
  readonly #simulation: Simulation;
  readonly #fairShare: FairShare;
  /** By flow, two numbers: how many bytes were left, and when [s]. */
  #left = new Float64Array(2 * FIRST_LENGTH);
  /** By flow: the event of its end; what is to be done then, and with which tag. */
  #events = new Int32Array(FIRST_LENGTH);
  #tags = new Int32Array(FIRST_LENGTH);
  /** By link: what it carried when it was added [byte/s]. */
  readonly #usualBps: number[] = [];
  readonly #onDone: Action[] = [];

  /** @param tolerance see `FairShare` */
  constructor(simulation: Simulation, tolerance = 0) {
    this.#simulation = simulation;
    this.#fairShare = new FairShare(tolerance);
    const changed = this.#reschedule.bind(this);
    simulation.onInstantOver(() => this.#fairShare.settle(changed));
  }

  /** @returns a link number, or -1 for a link without limit, which paths leave out */
  addLink(capacityBps: number): number {
    if (capacityBps === Number.POSITIVE_INFINITY) return -1;
    const link = this.#fairShare.addLink(capacityBps);
    this.#usualBps[link] = capacityBps;
    return link;
  }

  /** A link that has been added carries so much from now on [byte/s]; running transfers follow. */
  setCapacity(link: number, capacityBps: number): void {
    this.#fairShare.setCapacity(link, capacityBps);
  }

  /**
   * A flow for one transfer after the other. Flows that are opened in a row lie side by side in memory: those that end
   * and begin together should.
   * @param onDone told the tag when a transfer ends by itself
   */
  open(onDone: Action, tag = 0): number {
    const flow = this.#onDone.push(onDone) - 1;
    if (flow === this.#events.length) {
      this.#left = grown(this.#left);
      this.#events = grown(this.#events);
      this.#tags = grown(this.#tags);
    }
    this.#events[flow] = this.#simulation.open(this.#finish, flow);
    this.#tags[flow] = tag;
    return flow;
  }

  /** Starts a transfer on a flow that has none. */
  start(flow: number, { path, bytes, capBps }: Transfer): void {
    this.#setLeft(flow, bytes);
    this.#fairShare.add(flow, path, capBps);
  }

  isRunning(flow: number): boolean {
    return this.#fairShare.has(flow);
  }

  /** From now on a running transfer carries at most `capBps` by itself. */
  setCap(flow: number, capBps: number): void {
    const share = this.#fairShare;
    this.#setLeft(flow, this.#leftNow(flow, share.rateOf(flow)));
    const path = share.pathOf(flow);
    share.remove(flow);
    share.add(flow, path, capBps);
  }

  /** What a link carries at present [byte/s]. */
  capacityOf(link: number): number {
    return this.#fairShare.capacityOf(link);
  }

  /**
   * What the narrowest link of a path carries as a rule [byte/s], whatever is wrong with it at present; Infinity for a path
   * of none.
   */
  narrowest(path: readonly number[]): number {
    return path.reduce((least, link) => Math.min(least, this.#usualBps[link]!), Infinity);
  }

  /** Time until a running transfer ends, at the rate that it has now [s]. */
  leftS(flow: number): number {
    return this.left(flow) / this.#fairShare.rateOf(flow);
  }

  /** Bytes of a running transfer that have not arrived yet. */
  left(flow: number): number {
    return this.#leftNow(flow, this.#fairShare.rateOf(flow));
  }

  /** Ends a transfer before its time. @returns bytes that had not arrived yet */
  cancel(flow: number): number {
    const left = this.left(flow);
    this.#fairShare.remove(flow);
    this.#simulation.cancel(this.#events[flow]!);
    return left;
  }

  /** Current rates [byte/s] with the paths they take, for the max-min certificate. */
  *flows(): Generator<{ path: number[]; rateBps: number; capBps: number }> {
    const share = this.#fairShare;
    for (const flow of this.#onDone.keys()) {
      if (!this.isRunning(flow)) continue;
      yield { path: share.pathOf(flow), rateBps: share.rateOf(flow), capBps: share.capOf(flow) };
    }
  }

  readonly #finish = (flow: number): void => {
    this.#fairShare.remove(flow);
    this.#onDone[flow]!(this.#tags[flow]!);
  };

  #setLeft(flow: number, bytes: number): void {
    this.#left[2 * flow] = bytes;
    this.#left[2 * flow + 1] = this.#simulation.now;
  }

  /** @param rateBps at which it has been running */
  #leftNow(flow: number, rateBps: number): number {
    const left = this.#left[2 * flow]!;
    const elapsedS = this.#simulation.now - this.#left[2 * flow + 1]!;
    // A flow without limit has an infinite rate for an instant, and infinity times zero is not a number.
    return elapsedS === 0 ? left : Math.max(0, left - rateBps * elapsedS);
  }

  #reschedule(flow: number, oldBps: number, newBps: number): void {
    const left = this.#leftNow(flow, oldBps);
    this.#setLeft(flow, left);
    this.#simulation.schedule(this.#events[flow]!, this.#simulation.now + left / newBps);
  }
}
