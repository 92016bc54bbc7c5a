import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BEST_POLICIES,
  type ChunkStore,
  type Metainfo,
  makeMetainfo,
  type SwarmClient,
  type SwarmClientOptions,
  startTracker,
  swarmboot,
  type Tracker,
} from '../../engine/index.ts';
import { FAR, type LimitCase } from './limit-case.ts';

const HOST = '127.0.0.1';
const PIECE_BYTES = 2 ** 20;
const NO_LIMIT = { upBps: Number.POSITIVE_INFINITY, downBps: Number.POSITIVE_INFINITY };

/** What is measured is the network: bytes come from nowhere and go there. */
const ZEROS: ChunkStore = {
  write: () => Promise.resolve(),
  read: (_piece, _offset, into) => Promise.resolve(into.fill(0)),
};

interface Peer {
  readonly id: string;
  readonly client: SwarmClient;
}

/** Three peers of one image on loopback: one that keeps to limits, and two others. */
export class LimitSwarm {
  readonly #metainfo: Metainfo;
  readonly #tracker: Tracker;
  readonly #peers: Peer[] = [];
  /** By flow: who receives it, and the id of who sends it. */
  #flows: (readonly [receiver: Peer, sender: Peer])[] = [];
  #downloads: Promise<unknown> = Promise.resolve();

  private constructor(metainfo: Metainfo, tracker: Tracker) {
    this.#metainfo = metainfo;
    this.#tracker = tracker;
  }

  /** Makes the image, of which no byte is on a disk. Nobody sends anything yet. */
  static async make(leastBytes: number): Promise<LimitSwarm> {
    const tracker = await startTracker(HOST, 0);
    const folder = await mkdtemp(join(tmpdir(), 'swarmboot-bench-limits-'));
    try {
      const imageFile = join(folder, 'zeros');
      await writeFile(imageFile, '');
      await truncate(imageFile, PIECE_BYTES * Math.ceil(leastBytes / PIECE_BYTES));
      const announce = tracker.announceUrl;
      const metainfo = await makeMetainfo({ imageFile, pieceBytes: PIECE_BYTES, tracker: announce });
      tracker.serve(metainfo.infoHash);
      return new LimitSwarm(metainfo, tracker);
    } catch (error) {
      await tracker.close();
      throw error;
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  /** Begins to send. @param timetable what the one peer keeps to, and the others do not */
  async start({ direction }: LimitCase, timetable: SwarmClientOptions['timetable'] = []): Promise<void> {
    const limited = await this.#join('limited', { timetable });
    const others = [await this.#join('first', { site: FAR }), await this.#join('second', { site: FAR })];
    const [senders, receivers] = direction === 'up' ? [[limited], others] : [others, [limited]];
    this.#flows = receivers.flatMap((receiver) => senders.map((sender) => [receiver, sender] as const));
    for (const { client } of senders) await client.seed(this.#metainfo, ZEROS);
    this.#downloads = Promise.all(receivers.map(({ client }) => client.download(this.#metainfo, ZEROS)));
    // Who stops them before they are done knows that.
    this.#downloads.catch(() => {});
  }

  get imageBytes(): number {
    return this.#metainfo.imageBytes;
  }

  /** Resolves when the receivers have the whole image. */
  get done(): Promise<unknown> {
    return this.#downloads;
  }

  /** Payload bytes that have come over each of the two flows. */
  received(): readonly [number, number] {
    const [first, second] = this.#flows.map(
      ([receiver, sender]) => receiver.client.statistics().byPeer.get(sender.id)?.downloadedBytes ?? 0,
    );
    return [first!, second!];
  }

  async close(): Promise<void> {
    await Promise.all(this.#peers.map(({ client }) => client.stop()));
    await this.#tracker.close();
  }

  async #join(name: string, wishes: Pick<SwarmClientOptions, 'site' | 'timetable'>): Promise<Peer> {
    const peerId = Buffer.from(`-SB0001-${name.padStart(12, '.')}`);
    const client = await swarmboot.make({
      ...{ peerId, host: HOST, port: 0, link: NO_LIMIT, uploadSlots: 4, neighbours: 24 },
      ...{ policies: { ...BEST_POLICIES, seeder: 'plain' as const }, ...wishes },
    });
    const peer = { id: peerId.toString('hex'), client };
    this.#peers.push(peer);
    return peer;
  }
}
