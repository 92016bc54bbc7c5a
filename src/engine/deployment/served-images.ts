import { randomBytes } from 'node:crypto';
import { RunFailure } from '../../failure.ts';
import { PayloadStreams } from '../http/payload-stream-reader.ts';
import { announcedTorrent } from '../image/announced-torrent.ts';
import { ImageReader } from '../image/image-reader.ts';
import { IMAGE_FILES, type ImageStore } from '../image/image-store.ts';
import { describedByPath, folderOnServer } from '../image/served-image.ts';
import { BEST_POLICIES, type SwarmClient } from '../swarm/swarm-client.ts';
import { swarmboot } from '../swarm/swarmboot-client.ts';
import type { Tracker } from '../swarm/tracker.ts';
import { type BootFile, MemoryBootFile } from '../tftp/boot-file.ts';
import type { Deployment } from './deployment.ts';

export interface ServedImagesOptions {
  readonly images: ImageStore;
  readonly tracker: Tracker;
  /** To which the files that describe an image are added while it is served. */
  readonly bootFiles: Map<string, BootFile>;
  /** Where machines find the HTTP server, without a slash at its end. */
  readonly httpUrl: string;
  /** Address to listen on for peers. */
  readonly host: string;
  /** Of the first image; further ones take the ports that follow. 0: any free ones. */
  readonly firstPort: number;
  /** Bytes per second that all peers of an image get of the server together. */
  readonly upBps: number;
  /** Label of the place where the server is. */
  readonly site: string;
}

/** What the server's own peer does for one image. */
export interface ServedImageFigures {
  readonly image: string;
  readonly version: number;
  /** Sent to peers since it is served; what was sent twice counts twice. */
  readonly uploadedBytes: number;
}

/** An image while machines want it. */
interface Serving {
  readonly image: string;
  readonly version: number;
  readonly reader: ImageReader;
  readonly seeder: SwarmClient;
  readonly infoHash: string;
  readonly paths: readonly string[];
  readonly port: number;
}

/** One more than a machine has: it goes round. */
const UPLOAD_SLOTS = 5;
/** Everybody is told of the source. */
const NEIGHBOURS = 128;

/** Images that are being deployed: description by TFTP and HTTP, payload by HTTP and by the swarm. */
export class ServedImages {
  /** By path. */
  readonly payloads = new Map<string, PayloadStreams>();
  readonly #options: ServedImagesOptions;
  /** By folder; two machines that come together start it once. */
  readonly #serving = new Map<string, Promise<Serving>>();
  readonly #ports = new Set<number>();

  constructor(options: ServedImagesOptions) {
    this.#options = options;
  }

  /** Rejects with a RunFailure (`IMAGE`) where the image is not in the store, cannot be read, or finds no port. */
  async serve({ image, version }: Deployment): Promise<void> {
    const folder = folderOnServer(image, version);
    let serving = this.#serving.get(folder);
    if (!serving) {
      serving = this.#start(image, version).catch((cause: Error) => {
        this.#serving.delete(folder);
        throw new RunFailure('IMAGE', `${image}, version ${version}: ${cause.message}`, { cause });
      });
      this.#serving.set(folder, serving);
    }
    await serving;
  }

  /** Serves these no longer than they are wanted. */
  async keepOnly(wanted: readonly Deployment[]): Promise<void> {
    const folders = new Set(wanted.map(({ image, version }) => folderOnServer(image, version)));
    for (const folder of [...this.#serving.keys()]) if (!folders.has(folder)) await this.#end(folder);
  }

  async close(): Promise<void> {
    await this.keepOnly([]);
  }

  /** Of all images that are served. */
  async figures(): Promise<ServedImageFigures[]> {
    const servings = await Promise.allSettled(this.#serving.values());
    return servings.flatMap((serving) => {
      if (serving.status === 'rejected') return [];
      const { image, version, seeder } = serving.value;
      return { image, version, uploadedBytes: seeder.statistics().uploadedBytes };
    });
  }

  async #start(name: string, version: number): Promise<Serving> {
    const { images, tracker, httpUrl } = this.#options;
    const stored = await images.find(name, version);
    const { folder, files } = await describedByPath(stored);
    const payloadPath = `${folder}/${IMAGE_FILES.payload}`;
    const torrentPath = `${folder}/${IMAGE_FILES.torrent}`;
    const torrent = announcedTorrent(files.get(torrentPath)!, {
      trackers: [tracker.announceUrl],
      webSeeds: [`${httpUrl}/${payloadPath}`],
    });
    files.set(torrentPath, torrent.bytes);
    const reader = await ImageReader.open(`${stored.folder}/${IMAGE_FILES.payload}`, torrent.pieceBytes);
    const port = this.#takePort();
    const seeder = await this.#newSeeder(port).catch(async (cause) => {
      await reader.close();
      this.#ports.delete(port);
      throw cause;
    });
    tracker.serve(torrent.infoHash);
    await seeder.seed(torrent, reader);
    for (const [path, bytes] of files) this.#options.bootFiles.set(path, new MemoryBootFile(bytes));
    this.payloads.set(payloadPath, new PayloadStreams(reader, this.#options.upBps));
    const paths = [...files.keys(), payloadPath];
    return { image: name, version, reader, seeder, infoHash: torrent.infoHash, paths, port };
  }

  #takePort(): number {
    let port = this.#options.firstPort;
    while (port !== 0 && this.#ports.has(port)) port++;
    this.#ports.add(port);
    return port;
  }

  #newSeeder(port: number): Promise<SwarmClient> {
    const { host, upBps, site } = this.#options;
    return swarmboot.make({
      peerId: Buffer.concat([Buffer.from('-SB0001-'), randomBytes(12)]),
      link: { upBps, downBps: Number.POSITIVE_INFINITY },
      uploadSlots: UPLOAD_SLOTS,
      neighbours: NEIGHBOURS,
      policies: BEST_POLICIES,
      ...{ host, port, site },
    });
  }

  async #end(folder: string): Promise<void> {
    const serving = await this.#serving.get(folder)?.catch(() => undefined);
    // Two that end it at a time do it once.
    if (!this.#serving.delete(folder) || !serving) return;
    for (const path of serving.paths) {
      this.#options.bootFiles.delete(path);
      this.payloads.delete(path);
    }
    this.#options.tracker.withdraw(serving.infoHash);
    await serving.seeder.stop();
    await serving.reader.close();
    this.#ports.delete(serving.port);
  }
}
