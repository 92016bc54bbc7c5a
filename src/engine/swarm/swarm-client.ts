import type { Metainfo } from '../image/metainfo.ts';
import type { LinkRate, LinkRates } from '../link-rate.ts';
import type { PickerSettings } from './policy/picker/new-picker.ts';
import type { SwarmLimits, TimedLimits } from './swarm-limits.ts';
import type { HeldBlocks } from './torrent/held-blocks.ts';

/** Borrows the bytes of a piece that is being written. @returns gives them back */
export type Lend = () => () => void;

/** The pieces of an image where a swarm client finds and leaves them. */
export interface ChunkStore {
  /**
   * What it can give before a download begins; that does not change while it lasts. Default: nothing. A piece that is
   * there as a whole is neither fetched nor written; of another one only the missing blocks are fetched.
   */
  readonly held?: HeldBlocks;
  /**
   * Rejects where the bytes did not reach the medium; the client gives up then.
   * @param bytes stay what they are until the promise is settled; once they are lent, until they are given back, too
   * @param lend may be called until then, more than once; left out by a client that cannot lend
   */
  write(piece: number, bytes: Uint8Array, lend?: Lend): Promise<void>;
  /** Fills `into`, which it resolves with. Rejects for what is not there. */
  read(piece: number, offset: number, into: Uint8Array): Promise<Uint8Array>;
}

/** Policies by the names of a scenario, for our own client. */
export interface SwarmPolicies extends PickerSettings {
  /** Who is unchoked: the next for one piece, or, every ten seconds, who gives most and one by chance. */
  readonly choker: 'grants' | 'classic';
  /**
   * Deals every piece once before any twice, by grants whatever the choker; reveals the next when the last was seen
   * elsewhere (BEP 16); or shows everything and serves like any peer.
   */
  readonly seeder: 'dealing' | 'superseed' | 'plain';
  /** Blocks that one source may owe: its share of a window, or more where rate and delay of its line call for it. */
  readonly pipeline: 'shared' | 'measured';
  /** Who fetches a piece from another site: the one member of a site that owns it, or anybody. */
  readonly crossing: 'owned' | 'free';
}

/** What is best in a deployment. */
export const BEST_POLICIES: SwarmPolicies = {
  picker: 'rarest',
  randomFirst: 0,
  choker: 'grants',
  seeder: 'dealing',
  pipeline: 'shared',
  crossing: 'owned',
};

export interface SwarmClientOptions {
  /** Default: `BEST_POLICIES`. */
  readonly policies?: SwarmPolicies;
  /** Limits that come and go with the time of the day; what `limit` says holds until another entry does. */
  readonly timetable?: readonly TimedLimits[];
  /** 20 bytes that no other peer has. */
  readonly peerId: Uint8Array;
  /** Address to listen on; :: for IPv4 and IPv6. */
  readonly host: string;
  /** Label of the place where the machine is; peers tell it each other. */
  readonly site?: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly link: LinkRates;
  /** In place of `link.upBps` where others send over the same link. Our own client holds to it. */
  readonly uplink?: LinkRate;
  /** Uploads at a time, the optimistic one included. */
  readonly uploadSlots: number;
  /** Memory for pieces that were received or read, for peers [byte]; default: 16 MiB. Our own client holds to it. */
  readonly cacheBytes?: number;
  /** Peers asked of the tracker, and connections held, at most. */
  readonly neighbours: number;
}

/** Payload bytes, protocol not counted; what was sent twice counts twice. */
export interface TrafficBytes {
  readonly uploadedBytes: number;
  readonly downloadedBytes: number;
}

export interface SwarmStatistics extends TrafficBytes {
  /** By peer id in hex. */
  readonly byPeer: ReadonlyMap<string, TrafficBytes>;
  /** Share of the image that has arrived, 0 to 1. */
  readonly share: number;
}

/** One peer of one swarm. It serves what it has to others from the start of either call until `stop`. */
export interface SwarmClient {
  /** Serves a store that holds the whole image. Resolves once the tracker knows this peer. */
  seed(metainfo: Metainfo, store: ChunkStore): Promise<void>;
  /**
   * Fetches what the store does not have. Resolves once the last verified piece is written.
   * Rejects with a RunFailure of the store, or with `SWARM` where the client cannot go on.
   */
  download(metainfo: Metainfo, store: ChunkStore): Promise<void>;
  /** Neither asks nor serves anybody until it is resumed; connections stay. May be said at any time. */
  pause(): void;
  resume(): void;
  /**
   * Replaces all limits from now on.
   * Throws a ConfigError (`limits`) for a rate of 0, and where the client cannot keep to one of them.
   */
  limit(limits: SwarmLimits): void;
  statistics(): SwarmStatistics;
  /** Leaves the swarm and frees everything. */
  stop(): Promise<void>;
}

/** Makes a client that listens; the client's name and version go into the run's record. */
export interface SwarmClientMaker {
  readonly name: string;
  make(options: SwarmClientOptions): Promise<SwarmClient>;
  version(): Promise<string>;
}
