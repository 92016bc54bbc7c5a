import { grown } from '../kernel/grown.ts';
import { NumberLists } from './number-lists.ts';

/** Numbers kept of a flow's path, two a link; it ends with -1, so it crosses seven links at most. */
const PATH_STRIDE = 16;
/** Changes of a level that are less than this share of it are rounding. */
const ROUNDING = 1e-12;
/** Levels found per link before they are said not to settle; a few are usual. */
const MOST_ROUNDS = 1000;

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
  #capacities = new Float64Array(16);
  #levels = new Float64Array(16);
  readonly #flowsOn = new NumberLists();
  /** Links whose levels may have changed, each once. */
  #queue: number[] = [];
  #isQueued = new Uint8Array(16);

  /** Link after link of each path, and behind each where the flow stands in `flowsOn` of it. */
  #paths = new Int32Array(64 * PATH_STRIDE).fill(-1);
  #caps = new Float64Array(64);
  #rates = new Float64Array(64);
  #isThere = new Uint8Array(64);
  #touched: number[] = [];
  #isTouched = new Uint8Array(64);
  /** By place on a link: what the flow gets elsewhere. */
  #demands = new Float64Array(16);

  /**
   * @param tolerance changes of a level by less than this share of it are not passed on; 0 for exact rates. No link is
   * then overfull by more than this share; a single rate may be off by more, in random networks by up to six times as much
   */
  constructor(tolerance = 0) {
    this.#tolerance = Math.max(ROUNDING, tolerance);
  }

  /** @returns a link number, from 0 on */
  addLink(capacityBps: number): number {
    const link = this.#flowsOn.addList();
    if (link === this.#capacities.length) {
      this.#capacities = grown(this.#capacities);
      this.#levels = grown(this.#levels);
      this.#isQueued = grown(this.#isQueued);
    }
    this.#capacities[link] = capacityBps;
    this.#levels[link] = Number.POSITIVE_INFINITY;
    return link;
  }

  /**
   * @param flow a small number that no other flow has at present
   * @param path links, each once, at most seven
   */
  add(flow: number, path: readonly number[], capBps: number): void {
    while (flow >= this.#caps.length) this.#grow();
    this.#caps[flow] = capBps;
    this.#rates[flow] = 0;
    this.#isThere[flow] = 1;
    let at = flow * PATH_STRIDE;
    for (const link of path) {
      this.#paths[at++] = link;
      this.#paths[at++] = this.#flowsOn.push(link, flow);
      this.#enqueue(link);
    }
    this.#paths[at] = -1;
    this.#touch(flow);
  }

  remove(flow: number): void {
    this.#isThere[flow] = 0;
    for (let at = flow * PATH_STRIDE; this.#paths[at] !== -1; at += 2) {
      const link = this.#paths[at]!;
      this.#removeFromLink(link, this.#paths[at + 1]!);
      this.#enqueue(link);
    }
  }

  /** [byte/s], as settled last. */
  rateOf(flow: number): number {
    return this.#rates[flow]!;
  }

  pathOf(flow: number): number[] {
    const path: number[] = [];
    for (let at = flow * PATH_STRIDE; this.#paths[at] !== -1; at += 2) path.push(this.#paths[at]!);
    return path;
  }

  capOf(flow: number): number {
    return this.#caps[flow]!;
  }

  /** Makes up for all that has changed since. */
  settle(changed: RateChange): void {
    this.#settleLevels();
    for (const flow of this.#touched) {
      this.#isTouched[flow] = 0;
      if (this.#isThere[flow] === 0) continue;
      const old = this.#rates[flow]!;
      const rate = this.#lowestOn(flow, -1, -1);
      if (rate === old) continue;
      this.#rates[flow] = rate;
      changed(flow, old, rate);
    }
    this.#touched.length = 0;
  }

  #settleLevels(): void {
    const most = MOST_ROUNDS * this.#flowsOn.size;
    for (let next = 0; next < this.#queue.length; next++) {
      if (next > most) throw new Error('the rates of the flows do not settle');
      const link = this.#queue[next]!;
      this.#isQueued[link] = 0;
      const level = this.#levelOf(link);
      const old = this.#levels[link]!;
      if (level === old || Math.abs(level - old) <= this.#tolerance * Math.min(level, old)) continue;
      this.#levels[link] = level;
      this.#tell(link, old, level);
    }
    this.#queue.length = 0;
  }

  /** The level that fills a link: what flows do not take that get less elsewhere, the others share equally. */
  #levelOf(link: number): number {
    const flows = this.#flowsOn.lengthOf(link);
    const demands = this.#demandsOn(link, flows);
    let left = this.#capacities[link]!;
    let free = flows;
    while (free > 0) {
      const share = left / free;
      const before = free;
      for (let place = 0; place < flows; place++) {
        if (!(demands[place]! < share)) continue;
        left -= demands[place]!;
        demands[place] = Number.POSITIVE_INFINITY;
        free--;
      }
      if (free === before) return share;
    }
    return Number.POSITIVE_INFINITY;
  }

  #demandsOn(link: number, flows: number): Float64Array {
    if (flows > this.#demands.length) this.#demands = new Float64Array(2 * flows);
    for (let place = 0; place < flows; place++)
      this.#demands[place] = this.#lowestOn(this.#flowsOn.at(link, place), link, -1);
    return this.#demands;
  }

  /** What a flow gets by its cap and all its links but two. */
  #lowestOn(flow: number, link: number, other: number): number {
    let lowest = this.#caps[flow]!;
    for (let at = flow * PATH_STRIDE; this.#paths[at] !== -1; at += 2) {
      const crossed = this.#paths[at]!;
      if (crossed !== link && crossed !== other && this.#levels[crossed]! < lowest)
        lowest = this.#levels[crossed]!;
    }
    return lowest;
  }

  /** The level of a link has changed: others are looked at where a flow gets another share by that. */
  #tell(link: number, old: number, level: number): void {
    for (let place = 0; place < this.#flowsOn.lengthOf(link); place++) {
      const flow = this.#flowsOn.at(link, place);
      this.#touch(flow);
      for (let at = flow * PATH_STRIDE; this.#paths[at] !== -1; at += 2) {
        const other = this.#paths[at]!;
        if (other === link || this.#isQueued[other] === 1) continue;
        const elsewhere = this.#lowestOn(flow, link, other);
        const before = Math.min(elsewhere, old);
        const after = Math.min(elsewhere, level);
        if (before !== after && Math.min(before, after) < this.#levels[other]!) this.#enqueue(other);
      }
    }
  }

  #enqueue(link: number): void {
    if (this.#isQueued[link] === 1) return;
    this.#isQueued[link] = 1;
    this.#queue.push(link);
  }

  #touch(flow: number): void {
    if (this.#isTouched[flow] === 1) return;
    this.#isTouched[flow] = 1;
    this.#touched.push(flow);
  }

  /** The last flow of the link takes the place that has become free. */
  #removeFromLink(link: number, place: number): void {
    const last = this.#flowsOn.removeAt(link, place);
    let at = last * PATH_STRIDE;
    while (this.#paths[at] !== link) at += 2;
    this.#paths[at + 1] = place;
  }

  #grow(): void {
    this.#paths = grown(this.#paths);
    this.#caps = grown(this.#caps);
    this.#rates = grown(this.#rates);
    this.#isThere = grown(this.#isThere);
    this.#isTouched = grown(this.#isTouched);
  }
}
