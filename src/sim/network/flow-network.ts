import { grown } from '../kernel/grown.ts';
import type { Action, Simulation } from '../kernel/simulation.ts';
import { FairShare } from './fair-share.ts';

/** A transfer to be started. */
export interface FlowRequest {
  /** Link numbers from sender to receiver, at most seven. */
  readonly path: readonly number[];
  readonly bytes: number;
  /** Most that the connection carries by itself [byte/s]; Infinity for no limit. */
  readonly capBps: number;
  readonly onDone: Action;
  /** Handed to `onDone`; 0 if left out. */
  readonly tag?: number;
}

/** Links and the flows that share them max-min fairly on virtual time. Rates are settled once, at the end of an instant. */
export class FlowNetwork {
  readonly #simulation: Simulation;
  readonly #fairShare: FairShare;
  #leftBytes = new Float64Array(64);
  #sinceS = new Float64Array(64);
  /** Event by flow; what is to be done at its end, and with which tag. */
  readonly #events: number[] = [];
  readonly #tags: number[] = [];
  readonly #onDone: (Action | undefined)[] = [];
  readonly #freeFlows: number[] = [];

  /** @param tolerance see `FairShare` */
  constructor(simulation: Simulation, tolerance = 0) {
    this.#simulation = simulation;
    this.#fairShare = new FairShare(tolerance);
    const changed = this.#reschedule.bind(this);
    simulation.onInstantOver(() => this.#fairShare.settle(changed));
  }

  /** @returns a link number, or -1 for a link without limit, which paths leave out */
  addLink(capacityBps: number): number {
    return capacityBps === Number.POSITIVE_INFINITY ? -1 : this.#fairShare.addLink(capacityBps);
  }

  /** Starts a flow; it ends with `onDone`, or by `cancel`. */
  start({ path, bytes, capBps, onDone, tag = 0 }: FlowRequest): number {
    const flow = this.#freeFlows.pop() ?? this.#addFlow();
    this.#leftBytes[flow] = bytes;
    this.#sinceS[flow] = this.#simulation.now;
    this.#onDone[flow] = onDone;
    this.#tags[flow] = tag;
    this.#fairShare.add(flow, path, capBps);
    return flow;
  }

  /** Ends a flow before its time. @returns bytes that had not arrived yet */
  cancel(flow: number): number {
    const left = this.#leftNow(flow, this.#fairShare.rateOf(flow));
    this.#remove(flow);
    return left;
  }

  /** Current rates [byte/s] with the paths they take, for the max-min certificate. */
  *flows(): Generator<{ path: number[]; rateBps: number; capBps: number }> {
    for (const [flow, onDone] of this.#onDone.entries()) {
      if (!onDone) continue;
      const share = this.#fairShare;
      yield { path: share.pathOf(flow), rateBps: share.rateOf(flow), capBps: share.capOf(flow) };
    }
  }

  #addFlow(): number {
    const flow = this.#onDone.push(undefined) - 1;
    if (flow === this.#leftBytes.length) {
      this.#leftBytes = grown(this.#leftBytes);
      this.#sinceS = grown(this.#sinceS);
    }
    this.#events[flow] = this.#simulation.open(this.#finish, flow);
    return flow;
  }

  readonly #finish = (flow: number): void => {
    const onDone = this.#onDone[flow]!;
    this.#remove(flow);
    onDone(this.#tags[flow]!);
  };

  #remove(flow: number): void {
    this.#fairShare.remove(flow);
    this.#simulation.cancel(this.#events[flow]!);
    this.#onDone[flow] = undefined;
    this.#freeFlows.push(flow);
  }

  /** @param rateBps at which it has been running */
  #leftNow(flow: number, rateBps: number): number {
    const elapsedS = this.#simulation.now - this.#sinceS[flow]!;
    // A flow without limit has an infinite rate for an instant, and infinity times zero is not a number.
    return elapsedS === 0 ? this.#leftBytes[flow]! : Math.max(0, this.#leftBytes[flow]! - rateBps * elapsedS);
  }

  #reschedule(flow: number, oldBps: number, newBps: number): void {
    const left = this.#leftNow(flow, oldBps);
    this.#leftBytes[flow] = left;
    this.#sinceS[flow] = this.#simulation.now;
    this.#simulation.schedule(this.#events[flow]!, this.#simulation.now + left / newBps);
  }
}
