/** Places for links in a flow's path; a path ends with -1, so it crosses one link less at most. */
export const PATH_STRIDE = 8;

/** Flows that compete, and the links they compete for. A path is a run of link numbers in `paths`, ended by -1. */
export interface SharedLinks {
  /** Links in play, and their capacities [byte/s] by link number. */
  readonly links: readonly number[];
  readonly capacities: Float64Array;
  /** Flows on each link, by link number. */
  readonly flowsOn: readonly (readonly number[])[];
  /** Flows in play, and by flow number: their path, their own cap [byte/s] and, as the result, their rate. */
  readonly flows: readonly number[];
  readonly paths: Int32Array;
  readonly caps: Float64Array;
  readonly rates: Float64Array;
}

/** Rate of a flow that is not settled yet. */
const FREE = -1;

/**
 * Max-min fair rates by progressive filling (Bertsekas & Gallager, Data Networks, 1992, section 6.5.2): all rates
 * grow together; the flows of a link that is full, and those at their own cap, stay where they are.
 */
export class FairShare {
  /** By link number: capacity that is not given away yet, and flows that are free. */
  #left = new Float64Array(0);
  #free = new Int32Array(0);

  /** Sets the rates of all flows in play. */
  fill(shared: SharedLinks): void {
    this.#start(shared);
    let unsettled = shared.flows.length;
    while (unsettled > 0) {
      const link = this.#tightest(shared.links);
      const share = link === -1 ? Number.POSITIVE_INFINITY : this.#left[link]! / this.#free[link]!;
      const cap = lowestCap(shared);
      unsettled -=
        cap <= share
          ? this.#settle(shared, shared.flows, cap)
          : this.#settle(shared, shared.flowsOn[link]!, share);
    }
  }

  #start({ capacities, links, flowsOn, flows, rates }: SharedLinks): void {
    if (this.#left.length < capacities.length) {
      this.#left = new Float64Array(capacities.length);
      this.#free = new Int32Array(capacities.length);
    }
    for (const link of links) {
      this.#left[link] = capacities[link]!;
      this.#free[link] = flowsOn[link]!.length;
    }
    for (const flow of flows) rates[flow] = FREE;
  }

  /** The link whose free flows get the least each, or -1 where no link has any. */
  #tightest(links: readonly number[]): number {
    let tightest = -1;
    let least = Number.POSITIVE_INFINITY;
    for (const link of links) {
      const free = this.#free[link]!;
      if (free === 0) continue;
      const share = this.#left[link]! / free;
      if (share >= least) continue;
      least = share;
      tightest = link;
    }
    return tightest;
  }

  /** Settles the free ones of `flows` at `rate`, unless their cap lies above it and the rate is a cap. */
  #settle(shared: SharedLinks, flows: readonly number[], rate: number): number {
    const isCap = flows === shared.flows;
    let settled = 0;
    for (const flow of flows) {
      if (shared.rates[flow] !== FREE || (isCap && shared.caps[flow]! > rate)) continue;
      shared.rates[flow] = rate;
      settled++;
      for (let at = flow * PATH_STRIDE; shared.paths[at] !== -1; at++) {
        const link = shared.paths[at]!;
        this.#left[link] = Math.max(0, this.#left[link]! - rate);
        this.#free[link]!--;
      }
    }
    return settled;
  }
}

function lowestCap({ flows, caps, rates }: SharedLinks): number {
  let lowest = Number.POSITIVE_INFINITY;
  for (const flow of flows) if (rates[flow] === FREE && caps[flow]! < lowest) lowest = caps[flow]!;
  return lowest;
}
