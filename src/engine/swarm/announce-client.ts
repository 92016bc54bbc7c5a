import { RunFailure } from '../../failure.ts';
import type { Metainfo } from '../image/metainfo.ts';
import { ownAddressTowards } from './own-address-client.ts';
import { TrackerClient } from './tracker-client.ts';
import type { TrackerAnswer } from './wire/announce-codec.ts';

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

/**
 * Announces one torrent to its HTTP trackers (BEP 3, 7, 23). By ourselves: the client of bittorrent-tracker 11.2.3 ends the
 * process where an answer breaks off, and fills the memory where its bencoding is wrong.
 */
export class AnnounceClient {
  readonly #trackers: readonly TrackerClient[];
  readonly #onPeer: (address: string) => void;
  readonly #startMs = performance.now();
  readonly #answered = Promise.withResolvers<void>();
  #leftBytes: number;
  #downloadedBytes = 0;

  private constructor(options: AnnounceOptions, trackers: readonly string[], place: Place) {
    const { metainfo, peerId, port, wanted, leftBytes, onPeer } = options;
    this.#onPeer = onPeer;
    this.#leftBytes = leftBytes;
    // Whoever stops earlier does not wait for it.
    this.#answered.promise.catch(() => {});
    const say = () => ({
      ...{ infoHash: metainfo.infoHash, peerId, port, wanted, ...place },
      leftBytes: this.#leftBytes,
      downloadedBytes: this.#downloadedBytes,
    });
    const watch = {
      answered: (answer: TrackerAnswer) => this.#heard(answer),
      failed: (cause: Error) => this.#failed(cause),
    };
    this.#trackers = trackers.map((tracker) => new TrackerClient(tracker, say, watch));
    for (const tracker of this.#trackers) tracker.announce('started');
  }

  /**
   * Announces from now on; `answered` tells when a tracker has heard.
   * @returns undefined where there is no tracker, or none that could be asked and a web seed that does without
   * Rejects with a RunFailure (`TRACKER`) where no tracker speaks HTTP and nothing else is there.
   */
  static async start(options: AnnounceOptions): Promise<AnnounceClient | undefined> {
    const { trackers: all, webSeeds } = options.metainfo;
    const trackers = all.filter((tracker) => tracker.startsWith('http://'));
    const [first] = trackers;
    if (first === undefined) {
      if (all.length === 0 || webSeeds.length > 0) return undefined;
      const named = all.join(', ');
      throw new RunFailure(
        'TRACKER',
        `trackers are asked by HTTP (http://), and this torrent names ${named}`,
      );
    }
    return new AnnounceClient(options, trackers, await placeOf(options, first));
  }

  /** Resolves when a tracker has answered once. Rejects with a RunFailure (`TRACKER`) where none does for long. */
  get answered(): Promise<void> {
    return this.#answered.promise;
  }

  completed(bytes: number): void {
    this.#leftBytes = 0;
    this.#downloadedBytes = bytes;
    for (const tracker of this.#trackers) tracker.announce('completed');
  }

  /** Further peers, and those that have come since. */
  askForPeers(): void {
    for (const tracker of this.#trackers) tracker.announce();
  }

  /** A peer has gone, or was not reached: `host:port`. */
  lost(address: string): void {
    for (const tracker of this.#trackers) tracker.lost(address);
  }

  /** It is connected. */
  found(address: string): void {
    for (const tracker of this.#trackers) tracker.found(address);
  }

  /** The trackers are told, but not waited for. */
  stop(): void {
    this.#answered.reject(new RunFailure('TRACKER', 'the client was stopped before the tracker answered'));
    for (const tracker of this.#trackers) tracker.stop();
  }

  #heard({ peers }: TrackerAnswer): void {
    this.#answered.resolve();
    for (const address of peers) this.#onPeer(address);
  }

  #failed(cause: Error): void {
    if (performance.now() - this.#startMs <= PATIENCE_MS) return;
    const sentence = `the tracker did not answer: ${cause.message}`;
    this.#answered.reject(new RunFailure('TRACKER', sentence, { cause }));
  }
}

/** Where we are, for trackers that hand out by site; those of no named site are at one together. */
interface Place {
  readonly site: string;
  readonly ip?: string;
}

/** A tracker that cannot be reached says so itself. */
async function placeOf({ site, host }: AnnounceOptions, tracker: string): Promise<Place> {
  if (site === '') return { site };
  const ip = await ownAddressTowards(tracker, host).catch(() => undefined);
  return ip === undefined ? { site } : { site, ip };
}
