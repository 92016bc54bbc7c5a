import type { Action, Simulation } from '../kernel/simulation.ts';
import { FairShare, PATH_STRIDE } from './fair-share.ts';

/** A transfer to be started. */
export interface FlowRequest {
  /** Link numbers from sender to receiver, at most seven. */
  readonly path: readonly number[];
  readonly bytes: number;
  /** Most that the connection carries by itself [byte/s]; Infinity for no limit. */
  readonly capBps: number;
  readonly onDone: Action;
}

/**
 * Links and the flows that share them max-min fairly on virtual time. Rates are computed once at the end of every
 * instant, and only for the flows that are connected with a change through links they share.
 */
export class FlowNetwork {
  readonly #simulation: Simulation;
  readonly #fairShare = new FairShare();

  #capacities = new Float64Array(16);
  readonly #flowsOn: number[][] = [];

  #paths = new Int32Array(64 * PATH_STRIDE);
  /** Where the flow stands in `flowsOn` of each link of its path. */
  #places = new Int32Array(64 * PATH_STRIDE);
  #caps = new Float64Array(64);
  #rates = new Float64Array(64);
  #oldRates = new Float64Array(64);
  #leftBytes = new Float64Array(64);
  #sinceS = new Float64Array(64);
  readonly #events: number[] = [];
  readonly #onDone: (Action | undefined)[] = [];
  readonly #freeFlows: number[] = [];

  /** Flows that began, and links that lost one, since rates were last settled. */
  #changedLinks: number[] = [];
  #newFlows: number[] = [];
  /** Flow and link numbers seen in the present search are marked with its round. */
  #round = 0;
  #linkRounds = new Int32Array(16);
  #flowRounds = new Int32Array(64);

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    simulation.onInstantOver(() => this.#settle());
  }

  /** @returns a link number, or -1 for a link without limit, which paths leave out */
  addLink(capacityBps: number): number {
    if (capacityBps === Number.POSITIVE_INFINITY) return -1;
    const link = this.#flowsOn.push([]) - 1;
    if (link === this.#capacities.length) {
      this.#capacities = grownFloats(this.#capacities);
      this.#linkRounds = grownInts(this.#linkRounds);
    }
    this.#capacities[link] = capacityBps;
    return link;
  }

  /** Starts a flow; it ends with `onDone`, or by `cancel`. */
  start({ path, bytes, capBps, onDone }: FlowRequest): number {
    const flow = this.#freeFlows.pop() ?? this.#addFlow();
    this.#caps[flow] = capBps;
    this.#rates[flow] = 0;
    this.#leftBytes[flow] = bytes;
    this.#sinceS[flow] = this.#simulation.now;
    this.#onDone[flow] = onDone;
    let at = flow * PATH_STRIDE;
    for (const link of path) {
      if (link === -1) continue;
      this.#paths[at] = link;
      this.#places[at++] = this.#flowsOn[link]!.push(flow) - 1;
    }
    this.#paths[at] = -1;
    this.#newFlows.push(flow);
    return flow;
  }

  /** Ends a flow before its time. @returns bytes that had not arrived yet */
  cancel(flow: number): number {
    const left = this.#leftNow(flow);
    this.#remove(flow);
    return left;
  }

  /** Current rates [byte/s] with the paths they take, for the max-min certificate. */
  *flows(): Generator<{ path: number[]; rateBps: number; capBps: number }> {
    for (const [flow, onDone] of this.#onDone.entries()) {
      if (onDone) yield { path: this.#pathOf(flow), rateBps: this.#rates[flow]!, capBps: this.#caps[flow]! };
    }
  }

  #pathOf(flow: number): number[] {
    const start = flow * PATH_STRIDE;
    return [...this.#paths.subarray(start, this.#paths.indexOf(-1, start))];
  }

  #addFlow(): number {
    const flow = this.#onDone.push(undefined) - 1;
    if (flow === this.#rates.length) {
      this.#paths = grownInts(this.#paths);
      this.#places = grownInts(this.#places);
      this.#caps = grownFloats(this.#caps);
      this.#rates = grownFloats(this.#rates);
      this.#oldRates = grownFloats(this.#oldRates);
      this.#leftBytes = grownFloats(this.#leftBytes);
      this.#sinceS = grownFloats(this.#sinceS);
      this.#flowRounds = grownInts(this.#flowRounds);
    }
    this.#events[flow] = this.#simulation.open(() => this.#finish(flow));
    return flow;
  }

  #finish(flow: number): void {
    const onDone = this.#onDone[flow]!;
    this.#remove(flow);
    onDone();
  }

  #remove(flow: number): void {
    for (let at = flow * PATH_STRIDE; this.#paths[at] !== -1; at++) {
      const link = this.#paths[at]!;
      this.#removeFromLink(link, this.#places[at]!);
      this.#changedLinks.push(link);
    }
    this.#simulation.cancel(this.#events[flow]!);
    this.#onDone[flow] = undefined;
    this.#freeFlows.push(flow);
  }

  /** The last flow of the link takes the place that has become free. */
  #removeFromLink(link: number, place: number): void {
    const flows = this.#flowsOn[link]!;
    const last = flows.pop()!;
    if (place === flows.length) return;
    flows[place] = last;
    let at = last * PATH_STRIDE;
    while (this.#paths[at] !== link) at++;
    this.#places[at] = place;
  }

  #leftNow(flow: number): number {
    const elapsedS = this.#simulation.now - this.#sinceS[flow]!;
    // A flow without limit has an infinite rate for an instant, and infinity times zero is not a number.
    const sent = elapsedS === 0 ? 0 : this.#rates[flow]! * elapsedS;
    return Math.max(0, this.#leftBytes[flow]! - sent);
  }

  #settle(): void {
    if (this.#changedLinks.length === 0 && this.#newFlows.length === 0) return;
    const { links, flows } = this.#affected();
    for (const flow of flows) this.#oldRates[flow] = this.#rates[flow]!;
    this.#fairShare.fill({
      links,
      capacities: this.#capacities,
      flowsOn: this.#flowsOn,
      flows,
      paths: this.#paths,
      caps: this.#caps,
      rates: this.#rates,
    });
    for (const flow of flows) if (this.#rates[flow] !== this.#oldRates[flow]) this.#reschedule(flow);
  }

  /** Everything that shares a link, or a link of a link's flow, with a change. */
  #affected(): { links: number[]; flows: number[] } {
    this.#round++;
    const links: number[] = [];
    const flows: number[] = [];
    for (const link of this.#changedLinks) this.#meetLink(link, links);
    for (const flow of this.#newFlows) if (this.#onDone[flow]) this.#meetFlow(flow, flows, links);
    for (let next = 0; next < links.length; next++) {
      for (const flow of this.#flowsOn[links[next]!]!) this.#meetFlow(flow, flows, links);
    }
    this.#changedLinks = [];
    this.#newFlows = [];
    return { links, flows };
  }

  #meetLink(link: number, links: number[]): void {
    if (this.#linkRounds[link] === this.#round) return;
    this.#linkRounds[link] = this.#round;
    links.push(link);
  }

  #meetFlow(flow: number, flows: number[], links: number[]): void {
    if (this.#flowRounds[flow] === this.#round) return;
    this.#flowRounds[flow] = this.#round;
    flows.push(flow);
    for (let at = flow * PATH_STRIDE; this.#paths[at] !== -1; at++) this.#meetLink(this.#paths[at]!, links);
  }

  #reschedule(flow: number): void {
    const { now } = this.#simulation;
    const sent = now === this.#sinceS[flow] ? 0 : this.#oldRates[flow]! * (now - this.#sinceS[flow]!);
    this.#leftBytes[flow] = Math.max(0, this.#leftBytes[flow]! - sent);
    this.#sinceS[flow] = now;
    this.#simulation.schedule(this.#events[flow]!, now + this.#leftBytes[flow]! / this.#rates[flow]!);
  }
}

function grownFloats(values: Float64Array): Float64Array<ArrayBuffer> {
  const grown = new Float64Array(values.length * 2);
  grown.set(values);
  return grown;
}

function grownInts(values: Int32Array): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(values.length * 2);
  grown.set(values);
  return grown;
}
