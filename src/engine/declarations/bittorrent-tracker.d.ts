/** The part of bittorrent-tracker 11.2.3 that Swarmboot uses; the package brings no types. */
declare module 'bittorrent-tracker/server' {
  import type { EventEmitter } from 'node:events';
  import type { Server as HttpServer, IncomingMessage } from 'node:http';

  export interface TrackerOptions {
    readonly http?: boolean;
    readonly udp?: boolean;
    readonly ws?: boolean;
    readonly stats?: boolean;
    /** What clients are told to wait between announces [ms]. */
    readonly interval?: number;
    /** Calls back with an error for a torrent that is not served. */
    readonly filter?: (infoHash: string, params: unknown, callback: (error: Error | null) => void) => void;
  }

  /** An HTTP announce as the package has read it. */
  export interface AnnounceParams {
    /** Hex. */
    readonly peer_id: string;
    readonly event: 'started' | 'stopped' | 'completed' | 'update' | 'paused';
    /** Where it came from. */
    readonly ip: string;
    readonly port: number;
    readonly left: number;
    readonly numwant: number;
    readonly httpReq: IncomingMessage;
    /** Any further parameter of the query; several of one name are a list. */
    readonly [name: string]: unknown;
  }

  interface Counts {
    readonly complete: number;
    readonly incomplete: number;
  }

  type Callback<Answer> = (error: Error | null, answer?: Answer) => void;

  /** The package has one of its own, but calls any (its lib/server/swarm.js). */
  export interface Swarm {
    announce(
      params: AnnounceParams,
      callback: Callback<
        Counts & {
          readonly peers: readonly { readonly peerId: string; readonly ip: string; readonly port: number }[];
          /** Seconds. */
          readonly interval: number;
        }
      >,
    ): void;
    scrape(params: unknown, callback: Callback<Counts>): void;
  }

  export default class Server extends EventEmitter {
    constructor(options?: TrackerOptions);
    readonly http: HttpServer;
    /** By info hash in hex. */
    readonly torrents: Record<string, Swarm>;
    listen(port: number, host: string, listening?: () => void): void;
    close(callback?: () => void): void;
  }
}

declare module 'bittorrent-tracker/client' {
  import { EventEmitter } from 'node:events';

  export interface ClientOptions {
    readonly infoHash: Uint8Array;
    readonly peerId: Uint8Array;
    readonly announce: readonly string[];
    readonly port: number;
    /** Goes into the query of every announce. */
    readonly getAnnounceOpts?: () => Readonly<Record<string, string | number>>;
    readonly wrtc?: false;
  }

  /** Bytes, as BEP 3 counts them. */
  export interface AnnounceCounts {
    readonly left: number;
    readonly uploaded: number;
    readonly downloaded: number;
  }

  export default class Client extends EventEmitter {
    constructor(options: ClientOptions);
    start(counts: AnnounceCounts): void;
    update(counts?: Partial<AnnounceCounts>): void;
    complete(counts: AnnounceCounts): void;
    stop(counts?: Partial<AnnounceCounts>): void;
    destroy(callback?: () => void): void;
    on(event: 'peer', listener: (address: string) => void): this;
    on(event: 'error' | 'warning', listener: (error: Error) => void): this;
    once(event: 'update', listener: () => void): this;
  }
}
