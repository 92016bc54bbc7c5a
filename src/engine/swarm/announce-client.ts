import type Tracker from 'bittorrent-tracker/client';
import { RunFailure } from '../../failure.ts';
import type { Metainfo } from '../image/metainfo.ts';
import { ownAddressTowards } from './own-address-client.ts';

export interface AnnounceOptions {
  readonly metainfo: Metainfo;
  readonly peerId: Uint8Array;
  /** Address at which we listen, :: or 0.0.0.0 for all. */
  readonly host: string;
  readonly port: number;
  /** Label of the place where we are; empty for none. */
  readonly site: string;
  /** Peers asked for at a time. */
  readonly wanted: number;
  /** Bytes that are still to come. */
  readonly leftBytes: number;
  /** Somebody to connect to: `host:port`. */
  readonly onPeer: (address: string) => void;
}

/** A tracker may be away while its server is started again. */
const PATIENCE_MS = 300_000;
const RETRY_MS = 2_000;

/** What every announce says, beside what the package adds. */
interface Saying {
  readonly numwant: number;
  left: number;
  /** Beyond BEP 3: for trackers that hand out by site. */
  readonly site?: string;
  /** BEP 3: where we are at our site, whatever a NAT makes of it. */
  readonly ip?: string;
}

/** Announces one torrent to its tracker (BEP 3, 7, 23), by the client of bittorrent-tracker. */
export class AnnounceClient {
  readonly #client;
  readonly #saying;
  readonly #startMs = performance.now();
  readonly #answered = Promise.withResolvers<void>();
  #hasAnswered = false;
  #again: NodeJS.Timeout | undefined;

  private constructor(client: Tracker, saying: Saying, { onPeer, leftBytes }: AnnounceOptions) {
    this.#client = client;
    this.#saying = saying;
    // Whoever stops earlier does not wait for it.
    this.#answered.promise.catch(() => {});
    client.on('peer', onPeer);
    client.once('update', () => {
      this.#hasAnswered = true;
      this.#answered.resolve();
    });
    for (const event of ['error', 'warning'] as const) client.on(event, (cause) => this.#failed(cause));
    client.start({ left: leftBytes, uploaded: 0, downloaded: 0 });
  }

  /** The package is large: loading it takes a processor 0.1 s, which nobody should have to wait for in a download. */
  static async load(): Promise<typeof Tracker> {
    const { default: Client } = await import('bittorrent-tracker/client');
    return Client;
  }

  /** Announces from now on; `answered` tells when the tracker has heard. */
  static async start(options: AnnounceOptions): Promise<AnnounceClient> {
    const Client = await AnnounceClient.load();
    const saying: Saying = {
      numwant: options.wanted,
      left: options.leftBytes,
      ...(await placeOf(options)),
    };
    const client = new Client({
      infoHash: Buffer.from(options.metainfo.infoHash, 'hex'),
      peerId: Buffer.from(options.peerId),
      announce: [...options.metainfo.trackers],
      port: options.port,
      getAnnounceOpts: () => ({ ...saying }),
      wrtc: false,
    });
    return new AnnounceClient(client, saying, options);
  }

  /** Resolves when the tracker has answered once. Rejects with a RunFailure (`TRACKER`) where it does not for long. */
  get answered(): Promise<void> {
    return this.#answered.promise;
  }

  #failed(cause: Error): void {
    if (performance.now() - this.#startMs > PATIENCE_MS) {
      const sentence = `the tracker did not answer: ${cause.message}`;
      this.#answered.reject(new RunFailure('TRACKER', sentence, { cause }));
    } else if (!this.#hasAnswered) {
      clearTimeout(this.#again);
      this.#again = setTimeout(() => this.#client.update(), RETRY_MS);
    }
  }

  completed(bytes: number): void {
    this.#saying.left = 0;
    this.#client.complete({ left: 0, uploaded: 0, downloaded: bytes });
  }

  /** Further peers, and those that have come since. */
  askForPeers(): void {
    this.#client.update();
  }

  /** The tracker is told, but not waited for. */
  stop(): void {
    clearTimeout(this.#again);
    this.#answered.reject(new RunFailure('TRACKER', 'the client was stopped before the tracker answered'));
    this.#client.stop();
    this.#client.destroy();
  }
}

/** A tracker that cannot be reached says so itself. */
async function placeOf({ site, host, metainfo }: AnnounceOptions): Promise<Pick<Saying, 'site' | 'ip'>> {
  const [tracker] = metainfo.trackers;
  if (site === '' || tracker === undefined) return {};
  const ip = await ownAddressTowards(tracker, host).catch(() => undefined);
  return ip === undefined ? { site } : { site, ip };
}
