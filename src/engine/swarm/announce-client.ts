import type Tracker from 'bittorrent-tracker';
import { RunFailure } from '../../failure.ts';
import type { Metainfo } from '../image/metainfo.ts';

export interface AnnounceOptions {
  readonly metainfo: Metainfo;
  readonly peerId: Uint8Array;
  readonly port: number;
  /** Peers asked for at a time. */
  readonly wanted: number;
  /** Bytes that are still to come. */
  readonly leftBytes: number;
  /** Somebody to connect to: `host:port`. */
  readonly onPeer: (address: string) => void;
}

/** Announces one torrent to its tracker (BEP 3, 23), by the client of bittorrent-tracker. */
export class AnnounceClient {
  readonly #client;

  private constructor(client: Tracker) {
    this.#client = client;
  }

  /** Resolves when the tracker has answered once. Rejects with a RunFailure (`TRACKER`) where it does not. */
  static async start(options: AnnounceOptions): Promise<AnnounceClient> {
    const { default: Client } = await import('bittorrent-tracker');
    const client = new Client({
      infoHash: Buffer.from(options.metainfo.infoHash, 'hex'),
      peerId: Buffer.from(options.peerId),
      announce: [...options.metainfo.trackers],
      port: options.port,
      getAnnounceOpts: () => ({ numwant: options.wanted }),
      wrtc: false,
    });
    const answered = Promise.withResolvers<void>();
    client.on('peer', options.onPeer);
    client.once('update', () => answered.resolve());
    for (const event of ['error', 'warning'] as const) {
      client.on(event, (cause) => {
        answered.reject(new RunFailure('TRACKER', `the tracker did not answer: ${cause.message}`, { cause }));
      });
    }
    client.start({ left: options.leftBytes, uploaded: 0, downloaded: 0 });
    try {
      await answered.promise;
    } catch (error) {
      client.destroy();
      throw error;
    }
    return new AnnounceClient(client);
  }

  completed(bytes: number): void {
    this.#client.complete({ left: 0, uploaded: 0, downloaded: bytes });
  }

  /** Further peers, and those that have come since. */
  askForPeers(): void {
    this.#client.update();
  }

  stop(): void {
    this.#client.destroy();
  }
}
