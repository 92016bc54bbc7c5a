import { randomBytes } from 'node:crypto';
import { RunFailure } from '../../failure.ts';
import { PayloadStreams } from '../http/payload-stream-reader.ts';
import { announcedTorrent } from '../image/announced-torrent.ts';
import { ImageReader } from '../image/image-reader.ts';
import { IMAGE_FILES, type ImageStore } from '../image/image-store.ts';
import { describedByPath, folderOnServer } from '../image/served-image.ts';
import { type LinkRate, UNLIMITED } from '../link-rate.ts';
import { BEST_POLICIES, type SwarmClient, type SwarmClientMaker } from '../swarm/swarm-client.ts';
import type { TimedLimits } from '../swarm/swarm-limits.ts';
import type { Tracker } from '../swarm/tracker.ts';
import { type BootFile, MemoryBootFile } from '../tftp/boot-file.ts';
import type { Deployment } from './deployment.ts';

export interface ServedImagesOptions {
  readonly images: ImageStore;
  readonly tracker: Tracker;
  /** Makes the seeder of each image. */
  readonly client: SwarmClientMaker;
  /** To which the files that describe an image are added while it is served. */
  readonly bootFiles: Map<string, BootFile>;
  /** Where machines find the HTTP server, without a slash at its end. */
  readonly httpUrl: string;
  /** Address to listen on for peers. */
  readonly host: string;
  /** Of the first image; further ones take the ports that follow. 0: any free ones. */
  readonly firstPort: number;
  /** What all machines get of the server together, by the swarm and by HTTP. */
  readonly uplink: LinkRate;
  /** Label of the place where the server is. */
  readonly site: string;
  /** What the seeder of each image keeps to beside; left out: nothing. */
  readonly timetable?: readonly TimedLimits[];
}

/** What the server does for one image. */
export interface ServedImageFigures {
  readonly image: string;
  readonly version: number;
  /** Payload sent since it is served, by the swarm and by HTTP; what was sent twice counts twice. */
  readonly uploadedBytes: number;
}

/** An image while machines want it. */
interface Serving {
  readonly image: string;
  readonly version: number;
  readonly reader: ImageReader;
  readonly seeder: SwarmClient;
  readonly streams: PayloadStreams;
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
  /** By folder, of what is no longer served and not over yet; none of them rejects. */
  readonly #ending = new Map<string, Promise<void>>();
  readonly #ports = new Set<number>();

  constructor(options: ServedImagesOptions) {
    this.#options = options;
  }

  /** Rejects with a RunFailure (`IMAGE`) where the image is not in the store, cannot be read, or finds no port. */
  async serve({ image, version }: Deployment): Promise<void> {
    const folder = folderOnServer(image, version);
    let serving = this.#serving.get(folder);
    if (!serving) {
      serving = this.#startAfterItsEnd(image, version).catch((cause: Error) => {
        if (this.#serving.get(folder) === serving) this.#serving.delete(folder);
        throw new RunFailure('IMAGE', `${image}, version ${version}: ${cause.message}`, { cause });
      });
      this.#serving.set(folder, serving);
    }
    await serving;
  }

  /** Serves these and no others. @returns why some of them cannot be served, or others not be ended */
  async keep(wanted: readonly Deployment[]): Promise<Error[]> {
    const kept = [this.keepOnly(wanted), ...wanted.map((deployment) => this.serve(deployment))];
    const results = await Promise.allSettled(kept);
    return results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  }

  /**
   * Serves these no longer than they are wanted, and starts none of them. What is ended is gone from the list before it
   * returns: whoever serves it from then on starts it anew.
   */
  async keepOnly(wanted: readonly Deployment[]): Promise<void> {
    const folders = new Set(wanted.map(({ image, version }) => folderOnServer(image, version)));
    const ends = [...this.#serving]
      .filter(([folder]) => !folders.has(folder))
      .map(([folder, serving]) => this.#end(folder, serving));
    await Promise.all([...ends, ...this.#ending.values()]);
  }

  async close(): Promise<void> {
    await this.keepOnly([]);
  }

  /** Of all images that are served. */
  async figures(): Promise<ServedImageFigures[]> {
    const servings = await Promise.allSettled(this.#serving.values());
    return servings.flatMap((serving) => {
      if (serving.status === 'rejected') return [];
      const { image, version, seeder, streams } = serving.value;
      return { image, version, uploadedBytes: seeder.statistics().uploadedBytes + streams.uploadedBytes };
    });
  }

  /** Both have the same files and the same torrent. */
  async #startAfterItsEnd(name: string, version: number): Promise<Serving> {
    await this.#ending.get(folderOnServer(name, version));
    return this.#start(name, version);
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
    const { infoHash } = torrent;
    const paths = [...files.keys(), payloadPath];
    const streams = new PayloadStreams(reader, this.#options.uplink);
    const serving = { image: name, version, reader, seeder, streams, infoHash, paths, port };
    tracker.serve(infoHash);
    await seeder.seed(torrent, reader).catch(async (cause) => {
      await this.#stop(serving);
      throw cause;
    });
    for (const [path, bytes] of files) this.#options.bootFiles.set(path, new MemoryBootFile(bytes));
    this.payloads.set(payloadPath, streams);
    return serving;
  }

  #takePort(): number {
    let port = this.#options.firstPort;
    while (port !== 0 && this.#ports.has(port)) port++;
    this.#ports.add(port);
    return port;
  }

  #newSeeder(port: number): Promise<SwarmClient> {
    const { client, host, uplink, site, timetable = [] } = this.#options;
    return client.make({
      peerId: Buffer.concat([Buffer.from('-SB0001-'), randomBytes(12)]),
      link: UNLIMITED,
      uplink,
      uploadSlots: UPLOAD_SLOTS,
      neighbours: NEIGHBOURS,
      policies: BEST_POLICIES,
      ...{ host, port, site, timetable },
    });
  }

  #end(folder: string, serving: Promise<Serving>): Promise<void> {
    this.#serving.delete(folder);
    const ended = serving.then(
      (started) => this.#stop(started),
      () => {},
    );
    const over: Promise<void> = ended
      .catch(() => {})
      .then(() => {
        if (this.#ending.get(folder) === over) this.#ending.delete(folder);
      });
    this.#ending.set(folder, over);
    return ended;
  }

  async #stop({ paths, infoHash, seeder, reader, port }: Serving): Promise<void> {
    for (const path of paths) {
      this.#options.bootFiles.delete(path);
      this.payloads.delete(path);
    }
    this.#options.tracker.withdraw(infoHash);
    await seeder.stop();
    await reader.close();
    this.#ports.delete(port);
  }
}
