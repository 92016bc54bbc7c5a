import type { DeploymentModel, LinkModel } from '../deployment-model.ts';
import { type DiskLinks, NO_DISK, newDiskLinks } from './disk-links.ts';
import type { FlowNetwork } from './flow-network.ts';

/** Peer number of the server; machines are 1 to n in order of arrival. */
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

/** The links of a deployment and the paths across them. -1 stands for a link without limit. */
export class Topology {
  readonly #access: Links[];
  readonly #wan: Links[];
  readonly #siteOf: number[];
  readonly #disks: DiskLinks[];

  constructor(model: DeploymentModel, network: FlowNetwork) {
    const both = ({ upBps, downBps }: LinkModel): Links => ({
      up: network.addLink(upBps),
      down: network.addLink(downBps),
    });
    this.#access = [both(model.server), ...model.machines.map(({ link }) => both(link))];
    this.#wan = model.sites.map(({ wan }) => both(wan));
    this.#siteOf = [0, ...model.machines.map(({ site }) => site)];
    this.#disks = [NO_DISK, ...model.machines.map(() => newDiskLinks(model, network))];
  }

  /** From `sender`'s disk, or its memory, over the network, through `receiver`'s decoder, on to its disk. */
  path(sender: number, receiver: number, { isRead, isDecoded, isWritten }: PathEnds): number[] {
    const [home, away] = [this.#siteOf[sender]!, this.#siteOf[receiver]!];
    const path: number[] = [];
    if (isRead) cross(this.#disks[sender]!.read, path);
    cross(this.#access[sender]!.up, path);
    if (home !== away) {
      cross(this.#wan[home]!.up, path);
      cross(this.#wan[away]!.down, path);
    }
    cross(this.#access[receiver]!.down, path);
    if (isDecoded) cross(this.#disks[receiver]!.decode, path);
    if (isWritten) cross(this.#disks[receiver]!.write, path);
    return path;
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

function pathOver(link: number): number[] {
  return link === -1 ? [] : [link];
}

/** A link without limit is left out, and a link is crossed once. */
function cross(link: number, path: number[]): void {
  if (link !== -1 && !path.includes(link)) path.push(link);
}
