import { createServer } from 'node:net';
import { onTestFinished } from 'vitest';
import { type Metainfo, makeMetainfo } from '../../../src/engine/image/metainfo.ts';
import type { LinkRates } from '../../../src/engine/link-rate.ts';
import type {
  ChunkStore,
  SwarmClient,
  SwarmClientMaker,
  SwarmPolicies,
} from '../../../src/engine/swarm/swarm-client.ts';
import { swarmboot } from '../../../src/engine/swarm/swarmboot-client.ts';
import { startTracker } from '../../../src/engine/swarm/tracker.ts';
import { anImageFile } from '../an-image.ts';

const UNLIMITED: LinkRates = { upBps: Number.POSITIVE_INFINITY, downBps: Number.POSITIVE_INFINITY };

/** Pieces of an image in memory. */
export class ImageInMemory implements ChunkStore {
  readonly bytes: Uint8Array;
  readonly #pieceBytes: number;

  /** @param bytes the image, or room for it */
  constructor(bytes: Uint8Array, pieceBytes: number) {
    this.bytes = bytes;
    this.#pieceBytes = pieceBytes;
  }

  async write(piece: number, bytes: Uint8Array): Promise<void> {
    this.bytes.set(bytes, piece * this.#pieceBytes);
  }

  async read(piece: number, offset: number, into: Uint8Array): Promise<Uint8Array> {
    const start = piece * this.#pieceBytes + offset;
    into.set(this.bytes.subarray(start, start + into.length));
    return into;
  }
}

/** A client of this swarm. */
export interface SwarmPeer {
  readonly client: SwarmClient;
  readonly port: number;
  readonly peerId: Buffer;
}

/** What a client is to be like. */
interface PeerWishes {
  readonly link?: Partial<LinkRates>;
  readonly maker?: SwarmClientMaker;
  readonly site?: string;
  readonly policies?: SwarmPolicies;
  /** Address to listen on, if not that of the swarm. */
  readonly host?: string;
}

/** An image, its tracker, and a way to make clients of it; all gone when the test is over. */
export interface ASwarm {
  readonly image: Uint8Array;
  readonly metainfo: Metainfo;
  readonly host: string;
  aPeer(name: string, wishes?: PeerWishes): Promise<SwarmPeer>;
  /** Serves the image from now on. */
  seed(peer: SwarmPeer): Promise<void>;
  /** @returns what it has downloaded */
  download(peer: SwarmPeer): Promise<Uint8Array>;
}

export async function aSwarm(image: Uint8Array, pieceBytes: number, host = '127.0.0.1'): Promise<ASwarm> {
  const imageFile = await anImageFile(image);
  return aSwarmOf(image, (tracker) => makeMetainfo({ imageFile, pieceBytes, tracker }), host);
}

/** @param make makes the torrent of this image, with such an announce URL */
export async function aSwarmOf(
  image: Uint8Array,
  make: (tracker: string) => Metainfo | Promise<Metainfo>,
  host = '127.0.0.1',
): Promise<ASwarm> {
  const tracker = await startTracker(host, 0);
  onTestFinished(() => tracker.close());
  const metainfo = await make(tracker.announceUrl);
  const { pieceBytes } = metainfo;
  tracker.serve(metainfo.infoHash);
  return {
    image,
    metainfo,
    host,
    async aPeer(name, wishes = {}) {
      const { link = {}, maker = swarmboot, site = '', policies } = wishes;
      const peerId = Buffer.from(`-TE0001-${name.padStart(12, '.')}`);
      const listensAt = wishes.host ?? host;
      const port = await aFreePort(listensAt);
      const limits = { uploadSlots: 4, neighbours: 50, link: { ...UNLIMITED, ...link } };
      const client = await maker.make({
        peerId,
        host: listensAt,
        port,
        site,
        ...limits,
        ...(policies && { policies }),
      });
      onTestFinished(() => client.stop());
      return { client, port, peerId };
    },
    seed: ({ client }) => client.seed(metainfo, new ImageInMemory(image, pieceBytes)),
    async download({ client }) {
      const store = new ImageInMemory(new Uint8Array(image.length), pieceBytes);
      await client.download(metainfo, store);
      return store.bytes;
    },
  };
}

/** A port that nobody listens on at this moment. */
export async function aFreePort(host: string): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
