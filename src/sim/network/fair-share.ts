import { FIRST_LENGTH, grown } from '../kernel/grown.ts';
import { LinkFlows, NO_OTHER, SOME_OTHERS } from './link-flows.ts';

/** Changes of a level that are less than this share of it are rounding. */
const ROUNDING = 1e-12;
/** Levels found per link before they are said not to settle; a few are usual. */
const MOST_ROUNDS = 1000;
/** Numbers kept of a flow's rate: its cap and what it gets. */
const RATE_STRIDE = 2;

/** Hears of a flow whose rate is another from now on. */
export type RateChange = (flow: number, oldBps: number, newBps: number) => void;

/**
 * Max-min fair rates of flows over links, kept up as flows come and go. Every link has a level: what each of its fastest
 * flows gets where it is full, infinity where it is not. A flow runs at its own cap or at the lowest level on its path.
 * Where each level is the one that fills its link, given what the other levels leave of its flows, the rates are max-min
 * fair (Bertsekas & Gallager, Data Networks, 1992, section 6.5.2: every flow crosses a full link on which none is
 * faster). After a change only the levels are found anew that it reaches, link by link (as switches do among themselves
 * in Charny, Clark & Jain 1995, Congestion Control with Explicit Rate Indication).
 */
export class FairShare {
  readonly #tolerance: number;
  readonly #flowsOn = new LinkFlows();
  /** Links whose levels may have changed, each once: so many. A list whose length is set to 0 gives its memory back. */
  readonly #queue: number[] = [];
  #queued = 0;
  #isQueued = new Uint8Array(FIRST_LENGTH);

  /** Numbers kept of a path: two a link, for as many links as the longest path so far has. */
  #stride = 4;
  /** Link after link of each path, and behind each the place of the flow there; -1 behind a path that is shorter. */
  #paths = new Int32Array(FIRST_LENGTH * this.#stride);
  #rates = new Float64Array(FIRST_LENGTH * RATE_STRIDE);
  #isThere = new Uint8Array(FIRST_LENGTH);
  /** What flows of a link ask of it, while its level is found. */
  #demands = new Float64Array(FIRST_LENGTH);
  /** Flows whose rates may have changed, as above. */
  readonly #touched: number[] = [];
  #touchedFlows = 0;
  #isTouched = new Uint8Array(FIRST_LENGTH);

  /**
   * @param tolerance changes of a level by less than this share of it are not passed on; 0 for exact rates. No link is
   * then overfull by more than this share; a single rate may be off by more, in random networks by up to six times as much
   */
  constructor(tolerance = 0) {
    this.#tolerance = Math.max(ROUNDING, tolerance);
  }

  /** @returns a link number, from 0 on */
  addLink(capacityBps: number): number {
    const link = this.#flowsOn.addLink(capacityBps);
    if (link === this.#isQueued.length) this.#isQueued = grown(this.#isQueued);
    return link;
  }

  /** [byte/s] */
  capacityOf(link: number): number {
    return this.#flowsOn.capacityOf(link);
  }

  /** From the end of this instant on the link carries so much [byte/s]. */
  setCapacity(link: number, capacityBps: number): void {
    this.#flowsOn.setCapacity(link, capacityBps);
    this.#enqueue(link);
  }

  /**
   * @param flow a small number that no other flow has at present
   * @param path links, each once
   */
  add(flow: number, path: readonly number[], capBps: number): void {
    while (flow >= this.#isThere.length) this.#grow();
    if (2 * path.length > this.#stride) this.#lengthenPaths(2 * path.length);
    this.#rates[flow * RATE_STRIDE] = capBps;
    this.#rates[flow * RATE_STRIDE + 1] = 0;
    this.#isThere[flow] = 1;
    let at = flow * this.#stride;
    for (let step = 0; step < path.length; step++) {
      const link = path[step]!;
      this.#paths[at] = link;
      this.#paths[at + 1] = this.#flowsOn.add(link, { flow, other: otherOf(path, link), capBps });
      at += 2;
      this.#enqueue(link);
    }
    if (2 * path.length < this.#stride) this.#paths[at] = -1;
    this.#touch(flow);
  }

  remove(flow: number): void {
    this.#isThere[flow] = 0;
    const end = (flow + 1) * this.#stride;
    for (let at = flow * this.#stride; at < end && this.#paths[at] !== -1; at += 2) {
      const link = this.#paths[at]!;
      this.#removeFromLink(link, this.#paths[at + 1]!);
      this.#enqueue(link);
    }
  }

  has(flow: number): boolean {
    return this.#isThere[flow] === 1;
  }

  /** [byte/s], as settled last. */
  rateOf(flow: number): number {
    return this.#rates[flow * RATE_STRIDE + 1]!;
  }

  pathOf(flow: number): number[] {
    const start = flow * this.#stride;
    const path = [...this.#paths.subarray(start, start + this.#stride)].filter((_, at) => at % 2 === 0);
    return path.includes(-1) ? path.slice(0, path.indexOf(-1)) : path;
  }

  capOf(flow: number): number {
    return this.#rates[flow * RATE_STRIDE]!;
  }

  /** Makes up for all that has changed since. */
  settle(changed: RateChange): void {
    this.#settleLevels();
    for (let next = 0; next < this.#touchedFlows; next++) {
      const flow = this.#touched[next]!;
      this.#isTouched[flow] = 0;
      if (this.#isThere[flow] === 0) continue;
      const old = this.rateOf(flow);
      const rate = this.#lowestOn(flow, -1);
      if (rate === old) continue;
      this.#rates[flow * RATE_STRIDE + 1] = rate;
      changed(flow, old, rate);
    }
    this.#touchedFlows = 0;
  }

  #settleLevels(): void {
    const most = MOST_ROUNDS * this.#flowsOn.size;
    for (let next = 0; next < this.#queued; next++) {
      if (next > most) throw new Error('the rates of the flows do not settle');
      const link = this.#queue[next]!;
      this.#isQueued[link] = 0;
      const level = this.#levelOf(link);
      const old = this.#flowsOn.levelOf(link);
      if (level === old || Math.abs(level - old) <= this.#tolerance * Math.min(level, old)) continue;
      this.#flowsOn.setLevel(link, level);
      this.#tell(link, old, level);
    }
    this.#queued = 0;
  }

  /** What a flow gets by its cap and all its links but one. */
  #lowestOn(flow: number, but: number): number {
    let lowest = this.#rates[flow * RATE_STRIDE]!;
    const end = (flow + 1) * this.#stride;
    for (let at = flow * this.#stride; at < end && this.#paths[at] !== -1; at += 2) {
      const link = this.#paths[at]!;
      if (link !== but) lowest = Math.min(lowest, this.#flowsOn.levelOf(link));
    }
    return lowest;
  }

  /** The level that fills a link: what flows do not take that get less elsewhere, the others share equally. */
  #levelOf(link: number): number {
    const count = this.#flowsOn.endOf(link) - this.#flowsOn.startOf(link);
    const capacityBps = this.#flowsOn.capacityOf(link);
    const demands = this.#demandsOn(link);
    let free = count;
    let level = capacityBps / free;
    while (free > 0) {
      let left = capacityBps;
      let sharing = count;
      for (let place = 0; place < count; place++) {
        if (!(demands[place]! < level)) continue;
        left -= demands[place]!;
        sharing--;
      }
      if (sharing >= free) return level;
      free = sharing;
      level = left / free;
    }
    return Number.POSITIVE_INFINITY;
  }

  /** What the flows of a link get by their caps and their other links. */
  #demandsOn(link: number): Float64Array {
    const start = this.#flowsOn.startOf(link);
    const end = this.#flowsOn.endOf(link);
    if (end - start > this.#demands.length) this.#demands = new Float64Array(2 * (end - start));
    for (let at = start; at < end; at++) this.#demands[at - start] = this.#demandAt(at, link);
    return this.#demands;
  }

  #demandAt(at: number, link: number): number {
    const other = this.#flowsOn.otherAt(at);
    if (other === SOME_OTHERS) return this.#lowestOn(this.#flowsOn.flowAt(at), link);
    const capBps = this.#flowsOn.capAt(at);
    return other === NO_OTHER ? capBps : Math.min(capBps, this.#flowsOn.levelOf(other));
  }

  /** The level of a link has changed: flows and other links are looked at where that makes a difference. */
  #tell(link: number, old: number, level: number): void {
    const start = this.#flowsOn.startOf(link);
    const end = this.#flowsOn.endOf(link);
    for (let at = start; at < end; at++) {
      const demand = this.#demandAt(at, link);
      const flow = this.#flowsOn.flowAt(at);
      if (Math.min(demand, old) !== Math.min(demand, level)) this.#touch(flow);
      const other = this.#flowsOn.otherAt(at);
      if (other >= 0) this.#tellOther(other, Math.min(old, level), this.#flowsOn.capAt(at));
      else if (other === SOME_OTHERS) this.#tellPath(flow, link, Math.min(old, level));
    }
  }

  /** A link of which a flow asks more or less than before, by the lower of the two at least. */
  #tellOther(link: number, lowerBps: number, capBps: number): void {
    if (lowerBps < capBps && lowerBps < this.#flowsOn.levelOf(link)) this.#enqueue(link);
  }

  #tellPath(flow: number, but: number, lowerBps: number): void {
    const end = (flow + 1) * this.#stride;
    for (let at = flow * this.#stride; at < end && this.#paths[at] !== -1; at += 2) {
      const link = this.#paths[at]!;
      if (link !== but) this.#tellOther(link, lowerBps, this.capOf(flow));
    }
  }

  #enqueue(link: number): void {
    if (this.#isQueued[link] === 1) return;
    this.#isQueued[link] = 1;
    this.#queue[this.#queued++] = link;
  }

  #touch(flow: number): void {
    if (this.#isTouched[flow] === 1) return;
    this.#isTouched[flow] = 1;
    this.#touched[this.#touchedFlows++] = flow;
  }

  /** The last flow of the link takes the place that has become free. */
  #removeFromLink(link: number, place: number): void {
    const last = this.#flowsOn.remove(link, place);
    let at = last * this.#stride;
    while (this.#paths[at] !== link) at += 2;
    this.#paths[at + 1] = place;
  }

  #lengthenPaths(stride: number): void {
    const flows = this.#isThere.length;
    const longer = new Int32Array(flows * stride).fill(-1);
    for (let flow = 0; flow < flows; flow++)
      longer.set(this.#paths.subarray(flow * this.#stride, (flow + 1) * this.#stride), flow * stride);
    this.#paths = longer;
    this.#stride = stride;
  }

  #grow(): void {
    this.#paths = grown(this.#paths);
    this.#rates = grown(this.#rates);
    this.#isThere = grown(this.#isThere);
    this.#isTouched = grown(this.#isTouched);
  }
}

/** What the path crosses beside one of its links. */
function otherOf(path: readonly number[], link: number): number {
  if (path.length === 1) return NO_OTHER;
  if (path.length > 2) return SOME_OTHERS;
  return path[0] === link ? path[1]! : path[0]!;
}
