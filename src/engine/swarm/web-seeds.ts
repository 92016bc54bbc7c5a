import { hash } from 'node:crypto';
import type { Metainfo } from '../image/metainfo.ts';
import { fileRangesOf } from './file-ranges.ts';
import { QuietSwarm } from './policy/quiet-swarm.ts';
import type { RatePath } from './rate-path.ts';
import { WebSeed, type WebSeedWatch } from './web-seed.ts';
import type { BlockAddress } from './wire/message.ts';

/** A server that failed is tried again after this time, then after twice that, and so on. */
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 60_000;

/** Where web seeds take the part of peers. */
export interface WebSeedHost {
  /** Peers that are connected, web seeds among them. */
  readonly joinedPeers: number;
  /** @returns the seed, or undefined where it is banned */
  adopt(peerId: string, make: (watch: WebSeedWatch) => WebSeed): WebSeed | undefined;
}

export interface WebSeedsOptions {
  readonly metainfo: Metainfo;
  readonly down: RatePath;
  readonly host: WebSeedHost;
}

/** One web server. */
interface Server {
  readonly url: string;
  /** What stands for its peer id: 20 bytes, hex. */
  readonly id: string;
  seed: WebSeed | undefined;
  isOffering: boolean;
  /** Bytes that it has sent. */
  bytes: number;
  failures: number;
  retryAtMs: number;
}

/** The web servers of a torrent (BEP 19): they are asked while the swarm brings nothing, and left alone otherwise. */
export class WebSeeds {
  readonly #options: WebSeedsOptions;
  readonly #servers: readonly Server[];
  readonly #swarm = new QuietSwarm();
  #nowMs = 0;

  constructor(options: WebSeedsOptions) {
    this.#options = options;
    this.#servers = options.metainfo.webSeeds.map((url) => ({
      url,
      id: hash('sha1', url),
      seed: undefined,
      isOffering: false,
      bytes: 0,
      failures: 0,
      retryAtMs: 0,
    }));
  }

  /**
   * To be called every second or so while pieces are missing.
   * @param givenBytes all that peers and web seeds were asked for and sent
   */
  ticked(nowMs: number, givenBytes: number): void {
    this.#nowMs = nowMs;
    const bytes = this.#servers.reduce((rest, server) => rest - server.bytes, givenBytes);
    const peers = this.#options.host.joinedPeers - this.#servers.filter(({ seed }) => seed).length;
    const isQuiet = this.#swarm.isQuiet(nowMs, { peers, bytes });
    for (const server of this.#servers) {
      if (!isQuiet) withdraw(server);
      else if (nowMs >= server.retryAtMs) this.#offer(server);
    }
  }

  #offer(server: Server): void {
    server.seed ??= this.#options.host.adopt(server.id, (watch) => this.#newSeed(server, watch));
    if (!server.seed || server.isOffering) return;
    server.isOffering = true;
    server.seed.offer();
  }

  #newSeed(server: Server, watch: WebSeedWatch): WebSeed {
    const { metainfo, down } = this.#options;
    return new WebSeed({
      down,
      rangesOf: (run) => fileRangesOf(metainfo, server.url, placeOf(run, metainfo.pieceBytes)),
      watch: {
        ...watch,
        blockReceived: (block) => {
          server.bytes += block.length;
          server.failures = 0;
          watch.blockReceived(block);
        },
        closed: (reason) => {
          server.seed = undefined;
          server.isOffering = false;
          server.retryAtMs = this.#nowMs + Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** server.failures++);
          watch.closed(reason);
        },
      },
    });
  }
}

function withdraw(server: Server): void {
  if (server.isOffering) server.seed?.withdraw();
  server.isOffering = false;
}

function placeOf(run: readonly BlockAddress[], pieceBytes: number): { offset: number; length: number } {
  const [first] = run;
  return {
    offset: first!.piece * pieceBytes + first!.begin,
    length: run.reduce((sum, block) => sum + block.length, 0),
  };
}
