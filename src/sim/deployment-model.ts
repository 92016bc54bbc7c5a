import type { HandoutName } from '../engine/swarm/policy/handout/handout-by-name.ts';
import type { PickerSettings } from '../engine/swarm/policy/picker/new-picker.ts';
import type { BootModel } from './machine/boot-model.ts';
import type { TcpModel } from './network/tcp-model.ts';

/** Rates in bytes per second, Infinity for no limit. */
export interface LinkModel {
  readonly upBps: number;
  readonly downBps: number;
}

/** A group of machines behind a WAN link. */
export interface SiteModel {
  readonly name: string;
  readonly wan: LinkModel;
  /** All that passes through the switch of the site, also from and to the WAN; left out for no limit [byte/s]. */
  readonly backplaneBps?: number;
}

/** A machine to be deployed. */
export interface MachineModel {
  readonly link: LinkModel;
  /** Index into `sites`. */
  readonly site: number;
  /** Seconds after the start of the transfer at which its power is cut; Infinity if it is not. */
  readonly diesAfterS: number;
  /** Seconds from there until it is powered on again, with what is on its disk; left out for one that dies for good. */
  readonly comesBackAfterS?: number;
  /** Raw bytes that its disk takes; left out for one that takes all. */
  readonly roomBytes?: number;
  /** Seconds after the start of the transfer at which it is powered on; 0 if it arrives as all others do. */
  readonly joinsAfterS: number;
  /** What becomes of its link, in order of time; left out for nothing. */
  readonly linkChanges?: readonly LinkChange[];
}

/** A machine that has the whole image from the start and serves it to the end; it is not deployed. */
export interface SeederModel {
  readonly link: LinkModel;
  /** Index into `sites`. */
  readonly site: number;
}

/** A web server that has the whole image and hands it out piece by piece (BEP 19); it stands at site 0. */
export interface WebSeedModel {
  /** Uplink of a host of its own [byte/s]; left out for the server's own, over the server's link and killed with it. */
  readonly upBps?: number;
  /** When a machine asks it: while the swarm brings it nothing, as our agent does, or all the time. */
  readonly use: 'quiet' | 'always';
}

/** A link from a time on, in seconds after the start of the transfer; rates of 0 for a cable that is out. */
export interface LinkChange {
  readonly atS: number;
  readonly link: LinkModel;
}

/** The server is killed, and started again on what is on its disk; seconds from the start of the transfer, and how long. */
export interface ServerStop {
  readonly atS: number;
  readonly forS: number;
}

/** Machines die by chance at this rate, each by itself, while the transfer runs: deaths of one machine in a second. */
export interface FailureRate {
  readonly perS: number;
  /** As of a machine. */
  readonly comesBackAfterS?: number;
}

/** How machines are powered on, one after the other. */
export type ArrivalModel =
  | { readonly kind: 'together' }
  | { readonly kind: 'staggered' | 'poisson'; readonly intervalS: number };

/** Phases whose time does not depend on the network [s], in their order. */
export interface FixedPhases {
  readonly boot: number;
  readonly register: number;
  readonly metainfo: number;
  readonly partition: number;
  readonly finish: number;
}

/** Disk of a machine; rates in raw bytes per second. */
export interface DiskModel {
  readonly readBps: number;
  readonly writeBps: number;
  /** Reading and writing share one budget, the lower of the two rates. */
  readonly isShared: boolean;
  readonly isReadBack: boolean;
  /** What has been flushed is read back while the rest comes; left out for a read-back that begins when all has come. */
  readonly isReadBackEarly?: boolean;
  /** Written after the download instead of while it runs. */
  readonly isSerialWrite: boolean;
  /** Time that every piece of a swarm costs beside its bytes, read or written [s]. */
  readonly seekS: number;
  /** Most raw bytes that may wait in memory to be written. */
  readonly dirtyBytes: number;
  /** Raw bytes received last that stay in memory: peers are served from there, and from the disk all others. */
  readonly recentBytes: number;
  /** What a machine decodes in a second, raw bytes. */
  readonly decodeBps: number;
}

/**
 * Processors of one computer that the server and all machines run on, as in a lab. They work off whatever there is to do,
 * so they slow nothing down until they are all busy.
 */
export interface ProcessorsModel {
  readonly count: number;
  /** Processor time for each wire byte that arrives: to send, receive, check, decode and write it [s]. */
  readonly perByteS: number;
  /** Processor time of each machine when its download begins, beside its bytes: compiling, connecting [s]. */
  readonly perMachineS: number;
}

export interface P2pModel {
  readonly transport: 'p2p';
  readonly handout: Exclude<HandoutName, 'chain'>;
  readonly uploadSlots: number;
  readonly seederSlots: number;
  readonly neighbours: number;
  readonly picker: PickerSettings['picker'];
  readonly randomFirst: number;
  readonly choker: 'grants' | 'classic';
  readonly seeder: 'dealing' | 'superseed' | 'plain';
  /** Time that a machine goes on serving others after it is done; Infinity if it never leaves. */
  readonly staysForS: number;
  /** Time after which a machine that lacks pieces asks the tracker again; left out: it asks once. */
  readonly announceS?: number;
  /** Time between two messages in which a peer tells a neighbour of others [s]; left out: it tells nothing (BEP 11). */
  readonly pexS?: number;
  /** Connections of a machine, left out for all that it is told of. The server has no limit. */
  readonly mostConnections?: number;
}

export interface UnicastModel {
  readonly transport: 'unicast';
  /** Machines served at a time, Infinity for all. */
  readonly wave: number;
  /** Whether a machine that comes back begins with nothing, as Clonezilla does; left out: with what is on its disk. */
  readonly startsOver?: boolean;
}

export interface MulticastModel {
  readonly transport: 'multicast';
  readonly rateBps: number;
  readonly packetBytes: number;
  readonly waitS: number;
  readonly roundS: number;
  /** How long the sender waits for a machine that does not answer, and all others with it, before it goes on without it. */
  readonly dropAfterS: number;
  /** A swarm brings what was lost in the first round, instead of further ones; left out for rounds. */
  readonly repair?: RepairModel;
  /** What was lost is repaired slice by slice, instead of in rounds over the whole image; left out for rounds. */
  readonly slices?: SlicesModel;
  /** Whether the sender goes round the image as long as somebody lacks something, and takes everybody in at any time. */
  readonly isCarousel?: boolean;
}

/** How a sender asks all receivers after each slice. */
export interface SlicesModel {
  /** Packets of a slice; the last one may be short. */
  readonly packets: number;
  /** Whether the next slice is sent while answers about the last one are awaited. */
  readonly isFullDuplex: boolean;
  /** How long a sender that has nothing else to send waits for who has not answered, before it asks again. */
  readonly askAgainS: number;
}

/** Repair of a multicast by the machines among themselves. */
export interface RepairModel {
  readonly swarm: P2pModel;
  /** What of a piece can be asked for by itself: less than that is not fetched. */
  readonly blockBytes: number;
}

export interface ChainModel {
  readonly transport: 'chain';
  readonly hopSetUpS: number;
  /** Machines that each one passes the image on to: 1 for a chain, more for a tree. */
  readonly children: number;
}

export type TransportModel = P2pModel | UnicastModel | MulticastModel | ChainModel;

/** Everything that a simulated deployment depends on, beside its random seed. */
export interface DeploymentModel {
  /** F, in the wire encoding, and the raw bytes that it becomes on the disk. */
  readonly wireBytes: number;
  readonly rawBytes: number;
  readonly pieceBytes: number;
  readonly server: LinkModel;
  /** As of a machine. */
  readonly serverLinkChanges?: readonly LinkChange[];
  /** Left out for a server that runs all the time. */
  readonly serverStops?: readonly ServerStop[];
  /** Seconds after the start of the transfer at which the tracker is gone for good; left out for never. */
  readonly trackerStopsAfterS?: number;
  /** The server stands at site 0. */
  readonly sites: readonly SiteModel[];
  readonly machines: readonly MachineModel[];
  /** Left out for machines that do not die by chance. */
  readonly failures?: readonly FailureRate[];
  /** Seeders of a swarm beside the server, in no other transport; left out for none. */
  readonly seeders?: readonly SeederModel[];
  /** In no other transport than the swarm; left out for none. */
  readonly webSeed?: WebSeedModel;
  readonly connectionCapBps: number;
  /** Changes of a link's level below this share are not passed on: 0 for exact rates; see `network/fair-share.ts`. */
  readonly rateTolerance: number;
  /** One-way delay between any two. */
  readonly latencyS: number;
  /** Share of multicast packets lost on the way to each machine. */
  readonly loss: number;
  /** Whether switches send a multicast to all ports and sites; left out: to those that receive it (IGMP snooping, RFC 4541). */
  readonly isFlooded?: boolean;
  /** Share of pieces that arrive with a wrong hash and are thrown away; left out for none. */
  readonly corruptShare?: number;
  readonly arrival: ArrivalModel;
  /** Bytes after which the server's peer leaves the swarm for good; Infinity if it stays. */
  readonly seederLeavesAfterBytes: number;
  /** What machines load after `phases.boot`, before the agent runs; left out for nothing. */
  readonly boot?: BootModel;
  /** Left out where connections have their share at once, also when a cable is back, and lose nothing. */
  readonly tcp?: TcpModel;
  readonly phases: FixedPhases;
  readonly disk: DiskModel;
  /** Left out where every machine is a computer of its own, with processors that keep up with its link. */
  readonly processors?: ProcessorsModel;
  readonly transport: TransportModel;
}

/** What the disk of a machine takes, in wire bytes; Infinity where that is all of the image. */
export function roomOf({ wireBytes, rawBytes, machines }: DeploymentModel, machine: number): number {
  const { roomBytes = Number.POSITIVE_INFINITY } = machines[machine - 1]!;
  return roomBytes < rawBytes ? (roomBytes * wireBytes) / rawBytes : Number.POSITIVE_INFINITY;
}

/** Whether machines find others while the swarm goes on; else all are linked from the start, whenever they come. */
export function hasTracker({ announceS, mostConnections, pexS }: P2pModel): boolean {
  return announceS !== undefined || mostConnections !== undefined || pexS !== undefined;
}

/** Whether some machine may receive slower than another. */
export function areLinksUneven({ machines }: DeploymentModel): boolean {
  const [first] = machines;
  return machines.some(
    ({ link, linkChanges = [] }) =>
      linkChanges.length > 0 || link.upBps !== first!.link.upBps || link.downBps !== first!.link.downBps,
  );
}

/** Whether a piece may be under way for far longer than another: somebody is slower than others, or cut off for a while. */
export function mayPiecesBeLate(model: DeploymentModel): boolean {
  return areLinksUneven(model) || (model.serverLinkChanges?.length ?? 0) > 0;
}

/** Everybody who sends or receives: the server is peer 0, machines are 1 to n, seeders follow them, and the web seed is last. */
export function peerCountOf({ machines, seeders = [], webSeed }: DeploymentModel): number {
  return 1 + machines.length + seeders.length + (webSeed ? 1 : 0);
}

/** Whether the web seed is the server, over its link. */
export function isServerWebSeed({ webSeed }: DeploymentModel): boolean {
  return webSeed !== undefined && webSeed.upBps === undefined;
}

/** M: pieces of the image. */
export function pieceCountOf({ wireBytes, pieceBytes }: DeploymentModel): number {
  return Math.ceil(wireBytes / pieceBytes);
}

/** Bytes of one piece; the last one may be short. */
export function pieceSizeOf({ wireBytes, pieceBytes }: DeploymentModel, piece: number): number {
  return Math.min(pieceBytes, wireBytes - piece * pieceBytes);
}
