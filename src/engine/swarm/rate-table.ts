import { LinkRate, type LinkRates, UNLIMITED } from '../link-rate.ts';
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

/** What is known of one connection. */
interface Connection {
  readonly own: RatePair;
  readonly path: ConnectionRates;
  /** Label of the place where the peer is; empty as long as it has not said. */
  site: string;
}

/** All limits of a client: of its link, of all peers together, of each peer and of each place. */
export class RateTable {
  readonly #link: RatePair;
  readonly #total = pairOf(UNLIMITED);
  readonly #peers = new Map<number, Connection>();
  /** By label; those that have a limit, and no others: labels are what peers say. */
  #sites = new Map<string, RatePair>();
  #limits: SwarmLimits = {};

  /**
   * @param link rates of the link itself, which never change
   * @param uplink its upward direction, where that carries something else as well
   */
  constructor(link: LinkRates, uplink = new LinkRate(link.upBps)) {
    this.#link = { up: uplink, down: new LinkRate(link.downBps) };
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
    this.#peers.set(peer, { own, path, site: '' });
    return path;
  }

  /** A peer has said where it is; the last word counts. */
  introduced(peer: number, site: string): void {
    const connection = this.#peers.get(peer);
    if (!connection) return;
    connection.site = site;
    this.#place(connection);
  }

  left(peer: number): void {
    this.#peers.delete(peer);
  }

  /** Holds for all that has not been sent and received yet. */
  limit(limits: SwarmLimits): void {
    this.#limits = limits;
    for (const [site, pair] of this.#sites) set(pair, limits.sites?.[site]);
    set(this.#total, limits.total);
    this.#sites = new Map(
      Object.entries(limits.sites ?? {}).map(([site, rates]) => [site, this.#sitePair(site, rates)] as const),
    );
    for (const connection of this.#peers.values()) {
      set(connection.own, limits.peer);
      this.#place(connection);
    }
  }

  /** A place that had a limit keeps its rates: they know what was asked for and is not carried yet. */
  #sitePair(site: string, rates: LinkRates): RatePair {
    return this.#sites.get(site) ?? pairOf(rates);
  }

  #place({ path, site }: Connection): void {
    const shared = this.#sites.get(site);
    path.up.site = shared?.up;
    path.down.site = shared?.down;
  }
}

function pairOf({ upBps, downBps }: LinkRates): RatePair {
  return { up: new LinkRate(upBps), down: new LinkRate(downBps) };
}

function set(pair: RatePair, { upBps, downBps }: LinkRates = UNLIMITED): void {
  pair.up.rateBps = upBps;
  pair.down.rateBps = downBps;
}
