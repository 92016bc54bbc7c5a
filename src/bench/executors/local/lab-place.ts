import type { LinkRates } from '../../../engine/index.ts';
import type { LinkBytes } from '../../record/run-record.ts';

/** Name of the host on which the server stands; machines are hosts under their own names. */
export const SERVER = 'server';

/** Bytes that have crossed links up to some moment. */
export interface LinkCounters {
  /** By host. */
  readonly hosts: ReadonlyMap<string, LinkBytes>;
  /** WAN links in the order of the sites; empty where there is one site only. */
  readonly sites: readonly LinkBytes[];
}

/** A disk that takes less than its size. */
export interface FullDisk {
  /** In a folder of its own. */
  readonly file: string;
  readonly bytes: number;
  readonly roomBytes: number;
}

/** Where the hosts of a lab stand, and who limits their links. */
export interface LabPlace {
  /** Makes the hosts. Rejects with a RunFailure where they cannot be made. */
  open(): Promise<void>;
  /** IPv4 address on which the processes of a host listen. */
  addressOf(host: string): string;
  /** Program and arguments that start a command on this host; empty: the command is started as it is. */
  launcherOf(host: string): readonly string[];
  /**
   * The same on a host that has a blank disk of its own, which nobody else sees and which is full too early.
   * Left out where that cannot be done.
   */
  launcherWithDisk?(host: string, disk: FullDisk): readonly string[];
  /** Rates that the processes of a host keep by themselves, for a link of these rates. */
  ownLimitOf(link: LinkRates): LinkRates;
  /** Makes the link of a host another one; rates of 0 pull its cable. Left out where that cannot be done. */
  changeLink?(host: string, link: LinkRates): Promise<void>;
  /** Null where hosts have no links of their own. */
  linkCounters(): LinkCounters | null;
  /** What a reader must know of such a place. */
  readonly limitations: readonly string[];
  /** Removes the hosts, whatever became of them. */
  close(): Promise<void>;
}

/** All hosts are this computer: processes tell each other apart by their ports and limit their own rates. */
export const loopback: LabPlace = {
  open: () => Promise.resolve(),
  addressOf: () => '127.0.0.1',
  launcherOf: () => [],
  ownLimitOf: (link) => link,
  linkCounters: () => null,
  limitations: [
    'Measured on one host over loopback: all machines share its processor cores, memory and page cache.',
    'Link rates are limited inside the processes, which is an approximation of a network.',
  ],
  close: () => Promise.resolve(),
};
