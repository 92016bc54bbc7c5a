import type { DeploymentModel, LinkModel, MachineModel, WebSeedModel } from '../deployment-model.ts';
import { NO_DISK, newDiskLinks } from './disk-links.ts';
import type { FlowNetwork } from './flow-network.ts';
import { processorsBps } from './processors.ts';

/** Peer number of the server; machines are 1 to n in order of arrival, seeders follow them, and the web seed is last. */
export const SERVER = 0;

/** What stands at the ends of a path beside links. */
export interface PathEnds {
  readonly isRead: boolean;
  readonly isDecoded: boolean;
  readonly isWritten: boolean;
}

/**
 * What a link carries that is cut [byte/s]: so little that nothing comes of it in the time of a fault, and still a rate,
 * so that what was on its way goes on afterwards.
 */
const CUT_BPS = 1e-6;
/** A link without limit that is going to change has to be a link all the same [byte/s]. */
const FASTEST_BPS = 1e15;

/** Numbers kept of a peer, in this order: its site and its links, which a path looks up together. */
const PEER = 8;
const [SITE, UP, DOWN, READ, DECODE, WRITE] = [0, 1, 2, 3, 4, 5];
/** The same of a site: its WAN links, and what its switch carries of all flows together. */
const PER_SITE = 4;
const [WAN_UP, WAN_DOWN, BACKPLANE] = [0, 1, 2];

type Linked = Pick<MachineModel, 'link' | 'site' | 'linkChanges'>;

/** The links of a deployment and the paths across them. -1 stands for a link without limit. */
export class Topology {
  readonly #network: FlowNetwork;
  readonly #peers: Int32Array;
  readonly #sites: Int32Array;
  readonly #isFlooded: boolean;
  /** By link that a multicast crosses at present: what it carries as a rule [byte/s]. */
  readonly #castLinks = new Map<number, number>();
  #castBps = 0;
  /** What the computer that all run on can do for all flows together. */
  readonly #processors: number;

  constructor(model: DeploymentModel, network: FlowNetwork) {
    const { server, serverLinkChanges = [], machines, seeders = [], webSeed, sites } = model;
    const everybody: readonly Linked[] = [
      { link: server, linkChanges: serverLinkChanges, site: 0 },
      ...machines,
      ...seeders,
    ];
    this.#network = network;
    this.#isFlooded = model.isFlooded ?? false;
    this.#peers = new Int32Array(PEER * (everybody.length + (webSeed ? 1 : 0)));
    this.#sites = new Int32Array(PER_SITE * sites.length);
    for (const [peer, { site, link, linkChanges = [] }] of everybody.entries()) {
      const { upBps, downBps } = linkChanges.length > 0 ? limited(link) : link;
      this.#peers.set([site, network.addLink(upBps), network.addLink(downBps)], peer * PEER);
    }
    for (const [site, { wan, backplaneBps = Number.POSITIVE_INFINITY }] of sites.entries()) {
      const links = [wan.upBps, wan.downBps, backplaneBps].map((bps) => network.addLink(bps));
      this.#sites.set(links, site * PER_SITE);
    }
    for (const peer of everybody.keys()) {
      const { read, decode, write } = peer === SERVER ? NO_DISK : newDiskLinks(model, network);
      this.#peers.set([read, decode, write], peer * PEER + READ);
    }
    if (webSeed) this.#addWebSeed(everybody.length, webSeed);
    this.#processors = network.addLink(processorsBps(model));
  }

  /** A web server that is the server's own shares its link. */
  #addWebSeed(peer: number, { upBps }: WebSeedModel): void {
    const up = upBps === undefined ? this.#peers[SERVER * PEER + UP]! : this.#network.addLink(upBps);
    this.#peers.set([0, up, -1, NO_DISK.read, NO_DISK.decode, NO_DISK.write], peer * PEER);
  }

  /** From `sender`'s disk, or its memory, over the network, through `receiver`'s decoder, on to its disk. */
  path(sender: number, receiver: number, { isRead, isDecoded, isWritten }: PathEnds): number[] {
    const from = sender * PEER;
    const to = receiver * PEER;
    const home = this.#peers[from + SITE]! * PER_SITE;
    const away = this.#peers[to + SITE]! * PER_SITE;
    const path = this.processorsPath();
    if (isRead) cross(this.#peers[from + READ]!, path);
    cross(this.#peers[from + UP]!, path);
    cross(this.#sites[home + BACKPLANE]!, path);
    if (home !== away) {
      cross(this.#sites[home + WAN_UP]!, path);
      cross(this.#sites[away + WAN_DOWN]!, path);
      cross(this.#sites[away + BACKPLANE]!, path);
    }
    cross(this.#peers[to + DOWN]!, path);
    if (isDecoded) cross(this.#peers[to + DECODE]!, path);
    if (isWritten) cross(this.#peers[to + WRITE]!, path);
    return path;
  }

  /** The link of a peer that was said to change is this one from now on; rates of 0 for a cable that is out. */
  change(peer: number, link: LinkModel): void {
    const [up, down] = [this.#peers[peer * PEER + UP]!, this.#peers[peer * PEER + DOWN]!];
    const { upBps, downBps } = limited(link);
    this.#setCapacity(up, upBps);
    this.#setCapacity(down, downBps);
  }

  /**
   * A multicast to these machines and no others takes its rate of every link that it crosses first, since nothing slows
   * it down, and leaves the rest to all flows; one to nobody takes nothing.
   * @param rateBps what has left the server; a port that is slower loses the rest of it
   */
  cast(receivers: ReadonlySet<number>, rateBps: number): void {
    const links = new Set(receivers.size === 0 ? [] : this.#castLinksTo(receivers));
    const before = [...this.#castLinks].filter(([link]) => !links.has(link));
    for (const [link, usualBps] of before) {
      this.#castLinks.delete(link);
      this.#network.setCapacity(link, usualBps);
    }
    this.#castBps = rateBps;
    for (const link of links) {
      if (this.#castLinks.has(link)) continue;
      const usualBps = this.#network.capacityOf(link);
      this.#castLinks.set(link, usualBps);
      this.#setCapacity(link, usualBps);
    }
  }

  /** From the server to the switch of each site that it goes to, and down to each machine that it is sent to. */
  #castLinksTo(receivers: ReadonlySet<number>): number[] {
    const everywhere = this.#peers.length / PEER;
    const places = this.#isFlooded ? Array.from({ length: everywhere }, (_, peer) => peer) : receivers;
    const links = [this.#peers[SERVER * PEER + UP]!, this.#sites[BACKPLANE]!];
    for (const peer of places) {
      const site = this.#peers[peer * PEER + SITE]! * PER_SITE;
      if (peer !== SERVER) links.push(this.#peers[peer * PEER + DOWN]!);
      if (site !== 0)
        links.push(this.#sites[WAN_UP]!, this.#sites[site + WAN_DOWN]!, this.#sites[site + BACKPLANE]!);
    }
    return links.filter((link) => link !== -1);
  }

  #setCapacity(link: number, usualBps: number): void {
    const isCast = this.#castLinks.has(link);
    if (isCast) this.#castLinks.set(link, usualBps);
    this.#network.setCapacity(link, isCast ? Math.max(CUT_BPS, usualBps - this.#castBps) : usualBps);
  }

  processorsPath(): number[] {
    return pathOver(this.#processors);
  }

  readPath(machine: number): number[] {
    return pathOver(this.#peers[machine * PEER + READ]!);
  }

  writePath(machine: number): number[] {
    return pathOver(this.#peers[machine * PEER + WRITE]!);
  }

  decodePath(machine: number): number[] {
    return pathOver(this.#peers[machine * PEER + DECODE]!);
  }
}

function limited({ upBps, downBps }: LinkModel): LinkModel {
  const within = (bps: number): number => Math.min(FASTEST_BPS, Math.max(CUT_BPS, bps));
  return { upBps: within(upBps), downBps: within(downBps) };
}

function pathOver(link: number): number[] {
  return link === -1 ? [] : [link];
}

/** A link without limit is left out. No path comes to a link twice: its ends are two machines. */
function cross(link: number, path: number[]): void {
  if (link !== -1) path.push(link);
}
