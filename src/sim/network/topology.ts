import type { DeploymentModel, LinkChange, LinkModel, WebSeedModel } from '../deployment-model.ts';
import { type DiskLinks, NO_DISK, newDiskLinks } from './disk-links.ts';
import type { FlowNetwork } from './flow-network.ts';
import { processorsBps } from './processors.ts';

/** Peer number of the server; machines are 1 to n in order of arrival, seeders follow them, and the web seed is last. */
export const SERVER = 0;

interface Links {
  readonly up: number;
  readonly down: number;
}

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

/** The links of a deployment and the paths across them. -1 stands for a link without limit. */
export class Topology {
  readonly #network: FlowNetwork;
  readonly #access: Links[];
  readonly #wan: Links[];
  /** By site: what its switch carries of all flows together. */
  readonly #backplanes: number[];
  readonly #siteOf: number[];
  readonly #disks: DiskLinks[];
  /** What the computer that all run on can do for all flows together. */
  readonly #processors: number;

  constructor(model: DeploymentModel, network: FlowNetwork) {
    const both = ({ upBps, downBps }: LinkModel): Links => ({
      up: network.addLink(upBps),
      down: network.addLink(downBps),
    });
    const access = (link: LinkModel, changes: readonly LinkChange[] = []) =>
      both(changes.length === 0 ? link : limited(link));
    const { seeders = [], webSeed } = model;
    this.#network = network;
    this.#access = [
      access(model.server, model.serverLinkChanges),
      ...model.machines.map(({ link, linkChanges }) => access(link, linkChanges)),
      ...seeders.map(({ link }) => access(link)),
    ];
    if (webSeed) this.#access.push(this.#accessOf(webSeed));
    this.#wan = model.sites.map(({ wan }) => both(wan));
    this.#backplanes = model.sites.map(({ backplaneBps = Number.POSITIVE_INFINITY }) =>
      network.addLink(backplaneBps),
    );
    const others = [...model.machines, ...seeders];
    this.#siteOf = [0, ...others.map(({ site }) => site), 0];
    this.#disks = [NO_DISK, ...others.map(() => newDiskLinks(model, network)), NO_DISK];
    this.#processors = network.addLink(processorsBps(model));
  }

  /** From `sender`'s disk, or its memory, over the network, through `receiver`'s decoder, on to its disk. */
  path(sender: number, receiver: number, { isRead, isDecoded, isWritten }: PathEnds): number[] {
    const [home, away] = [this.#siteOf[sender]!, this.#siteOf[receiver]!];
    const path = this.processorsPath();
    if (isRead) cross(this.#disks[sender]!.read, path);
    cross(this.#access[sender]!.up, path);
    cross(this.#backplanes[home]!, path);
    if (home !== away) {
      cross(this.#wan[home]!.up, path);
      cross(this.#wan[away]!.down, path);
      cross(this.#backplanes[away]!, path);
    }
    cross(this.#access[receiver]!.down, path);
    if (isDecoded) cross(this.#disks[receiver]!.decode, path);
    if (isWritten) cross(this.#disks[receiver]!.write, path);
    return path;
  }

  /** The link of a peer that was said to change is this one from now on; rates of 0 for a cable that is out. */
  change(peer: number, link: LinkModel): void {
    const { up, down } = this.#access[peer]!;
    const { upBps, downBps } = limited(link);
    this.#network.setCapacity(up, upBps);
    this.#network.setCapacity(down, downBps);
  }

  processorsPath(): number[] {
    return pathOver(this.#processors);
  }

  /** A web server that is the server's own shares its link. */
  #accessOf({ upBps }: WebSeedModel): Links {
    return upBps === undefined ? this.#access[SERVER]! : { up: this.#network.addLink(upBps), down: -1 };
  }

  readPath(machine: number): number[] {
    return pathOver(this.#disks[machine]!.read);
  }

  writePath(machine: number): number[] {
    return pathOver(this.#disks[machine]!.write);
  }

  /** From where the image was stored in its wire encoding through the decoder on to the disk. */
  decodeAndWritePath(machine: number): number[] {
    return [...pathOver(this.#disks[machine]!.decode), ...this.writePath(machine)];
  }
}

function limited({ upBps, downBps }: LinkModel): LinkModel {
  const within = (bps: number): number => Math.min(FASTEST_BPS, Math.max(CUT_BPS, bps));
  return { upBps: within(upBps), downBps: within(downBps) };
}

function pathOver(link: number): number[] {
  return link === -1 ? [] : [link];
}

/** A link without limit is left out, and a link is crossed once. */
function cross(link: number, path: number[]): void {
  if (link !== -1 && !path.includes(link)) path.push(link);
}
