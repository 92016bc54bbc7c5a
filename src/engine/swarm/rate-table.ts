import { LinkRate, type LinkRates } from '../link-rate.ts';
import { RatePath } from './rate-path.ts';
import type { SwarmLimits } from './swarm-limits.ts';

/** Both directions of a limit. */
interface RatePair {
  readonly up: LinkRate;
  readonly down: LinkRate;
}

/** What the bytes of one connection keep to. */
export interface ConnectionRates {
  readonly up: RatePath;
  readonly down: RatePath;
}

const UNLIMITED: LinkRates = { upBps: Number.POSITIVE_INFINITY, downBps: Number.POSITIVE_INFINITY };

/** All limits of a client: of its link, of all peers together, of each peer and of each place. */
export class RateTable {
  readonly #link: RatePair;
  readonly #total = pairOf(UNLIMITED);
  readonly #peers = new Map<number, { readonly own: RatePair; readonly path: ConnectionRates }>();
  readonly #sites = new Map<string, RatePair>();
  #limits: SwarmLimits = {};

  /** @param link rates of the link itself, which never change */
  constructor(link: LinkRates) {
    this.#link = pairOf(link);
  }

  /** What comes from servers that are no peers. */
  get down(): RatePath {
    return new RatePath([this.#link.down, this.#total.down]);
  }

  /** The rates of a connection that has just been made. */
  joined(peer: number): ConnectionRates {
    const own = pairOf(this.#limits.peer ?? UNLIMITED);
    const path = {
      up: new RatePath([this.#link.up, this.#total.up, own.up]),
      down: new RatePath([this.#link.down, this.#total.down, own.down]),
    };
    this.#peers.set(peer, { own, path });
    return path;
  }

  /** A peer has said where it is. */
  introduced(peer: number, site: string): void {
    const path = this.#peers.get(peer)?.path;
    if (!path || site === '') return;
    let shared = this.#sites.get(site);
    if (!shared) {
      shared = pairOf(this.#limits.sites?.[site] ?? UNLIMITED);
      this.#sites.set(site, shared);
    }
    path.up.add(shared.up);
    path.down.add(shared.down);
  }

  left(peer: number): void {
    this.#peers.delete(peer);
  }

  /** Holds for what is sent and received from now on. */
  limit(limits: SwarmLimits): void {
    this.#limits = limits;
    set(this.#total, limits.total);
    for (const { own } of this.#peers.values()) set(own, limits.peer);
    for (const [site, shared] of this.#sites) set(shared, limits.sites?.[site]);
  }
}

function pairOf({ upBps, downBps }: LinkRates): RatePair {
  return { up: new LinkRate(upBps), down: new LinkRate(downBps) };
}

function set(pair: RatePair, { upBps, downBps }: LinkRates = UNLIMITED): void {
  pair.up.rateBps = upBps;
  pair.down.rateBps = downBps;
}
