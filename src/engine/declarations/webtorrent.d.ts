/** The part of webtorrent 3.0.21 that Swarmboot uses; the package brings no types. */
declare module 'webtorrent' {
  import type { EventEmitter } from 'node:events';
  import type { ListenOptions } from 'node:net';

  type Callback = (error: Error | null, bytes?: Uint8Array) => void;

  /** abstract-chunk-store as webtorrent calls it. */
  export interface TorrentStore {
    readonly chunkLength: number;
    put(index: number, bytes: Uint8Array, callback: Callback): void;
    get(index: number, range: StoreRange | Callback | null, callback?: Callback): void;
    close(callback?: Callback): void;
    destroy(callback?: Callback): void;
  }

  export interface StoreRange {
    readonly offset?: number;
    readonly length?: number;
  }

  export interface ClientOptions {
    /** 40 hex digits. */
    readonly peerId?: string;
    /** Handed to `net.Server.listen` as it is, so listen options are taken too. */
    readonly torrentPort?: number | ListenOptions;
    readonly maxConns?: number;
    readonly dht?: boolean;
    readonly lsd?: boolean;
    readonly utp?: boolean;
    readonly utPex?: boolean;
    readonly natUpnp?: boolean;
    readonly natPmp?: boolean;
    readonly webSeeds?: boolean;
    /** 0: no protocol encryption. */
    readonly secure?: 0 | 1 | 2;
    readonly seedOutgoingConnections?: boolean;
    /** Bytes per second; -1 for no limit. */
    readonly uploadLimit?: number;
    readonly downloadLimit?: number;
    readonly tracker?: { getAnnounceOpts?(): { readonly numwant?: number } };
  }

  export interface TorrentOptions {
    readonly preloadedStore?: TorrentStore;
    readonly strategy?: 'rarest' | 'sequential';
    readonly skipVerify?: boolean;
    readonly bitfield?: Uint8Array;
    readonly uploads?: number;
    readonly storeCacheSlots?: number;
  }

  /** Connection to one peer; `upload` and `download` carry payload bytes. */
  export interface Wire extends EventEmitter {
    /** 40 hex digits. */
    readonly peerId: string;
    /** Milliseconds after which a request counts as lost, and whether the timer lets the process end. */
    setTimeout(timeoutMs: number, isUnref: boolean): void;
  }

  export interface Torrent extends EventEmitter {
    /** Share of the torrent that has arrived, 0 to 1. */
    readonly progress: number;
    readonly done: boolean;
  }

  /** speed-limiter's group: every connection of a client takes its tokens from one bucket. */
  export interface ThrottleGroup {
    readonly bucket: { bucketSize: number; content: number; lastDrip: number };
    setEnabled(isEnabled: boolean): void;
    /** Rate in whole bytes per second, chunk in bytes. */
    setRate(rateBps: number, chunkBytes?: number): void;
  }

  export default class WebTorrent extends EventEmitter {
    static readonly VERSION: string;
    constructor(options?: ClientOptions);
    readonly throttleGroups: { readonly up: ThrottleGroup; readonly down: ThrottleGroup };
    add(metainfo: Uint8Array, options?: TorrentOptions): Torrent;
    address(): { readonly port: number } | null;
    destroy(callback?: Callback): void;
    readonly destroyed: boolean;
  }
}
