import { RunFailure } from '../../failure.ts';
import { fetchImage, type HttpSource } from '../http/image-client.ts';
import type { Metainfo } from '../image/metainfo.ts';
import { LinkRate, type LinkRates } from '../link-rate.ts';
import type { ChunkStore, SwarmStatistics } from '../swarm/swarm-client.ts';
import { TrafficCount } from '../swarm/traffic-count.ts';
import type { ImageTransport } from './image-transport.ts';
import { inPieces } from './piece-cutter.ts';

export interface HttpTransportOptions {
  readonly source: HttpSource;
  /** Under which the server's bytes are counted. */
  readonly serverId: string;
  readonly link: LinkRates;
}

/** The whole image as one HTTP stream, cut into pieces on the way to the disk. */
export class HttpTransport implements ImageTransport {
  readonly #options: HttpTransportOptions;
  readonly #traffic = new TrafficCount();
  #share = 0;

  constructor(options: HttpTransportOptions) {
    this.#options = options;
  }

  async download({ imageBytes, pieceBytes }: Metainfo, store: ChunkStore): Promise<void> {
    for await (const { piece, bytes } of inPieces(this.#counted(imageBytes), pieceBytes)) {
      await store.write(piece, bytes);
    }
  }

  statistics(): SwarmStatistics {
    return { ...this.#traffic.total(), byPeer: this.#traffic.byPeer(), share: this.#share };
  }

  async stop(): Promise<void> {}

  async *#counted(imageBytes: number): AsyncGenerator<Uint8Array> {
    const { source, serverId, link } = this.#options;
    let arrivedBytes = 0;
    for await (const chunk of fetchImage(source, new LinkRate(link.downBps))) {
      arrivedBytes += chunk.length;
      if (arrivedBytes > imageBytes) break;
      this.#traffic.downloaded(serverId, chunk.length);
      this.#share = arrivedBytes / imageBytes;
      yield chunk;
    }
    if (arrivedBytes === imageBytes) return;
    throw new RunFailure(
      'IMAGE_LENGTH',
      `the server sent ${arrivedBytes} of ${imageBytes} bytes of the image`,
    );
  }
}
