import type WebTorrent from 'webtorrent';
import type { ThrottleGroup, Torrent, TorrentOptions, Wire } from 'webtorrent';
import { ConfigError, RunFailure } from '../../failure.ts';
import { BLOCK_BYTES, type Metainfo, pieceLengthOf } from '../image/metainfo.ts';
import { type LinkRates, UNLIMITED } from '../link-rate.ts';
import { PieceSet } from './policy/piece-set.ts';
import type {
  ChunkStore,
  SwarmClient,
  SwarmClientMaker,
  SwarmClientOptions,
  SwarmStatistics,
} from './swarm-client.ts';
import { checkLimits, checkTimetable, keepTimetable, type SwarmLimits } from './swarm-limits.ts';
import { bitsOf } from './torrent/bitfield.ts';
import { Geometry } from './torrent/geometry.ts';
import { NOTHING_HELD, wholePieces } from './torrent/held-blocks.ts';
import { TrafficCount } from './traffic-count.ts';
import { WebtorrentStore } from './webtorrent-store.ts';

/** Longest burst of a limited link: enough to make up for a late timer, too little to show in a measurement. */
const BURST_S = 0.05;
const SMALLEST_BURST_BYTES = 4_096;
/**
 * webtorrent may ask one peer for a block twice, and then gets no answer at all (bittorrent-protocol 5.0.9 pairs
 * answers with requests by content). It notices after 30 s; on one network that is too patient.
 */
const REQUEST_TIMEOUT_MS = 10_000;

/** webtorrent behind our interface. It is loaded when first asked for: that takes a good part of a second. */
export const webtorrent: SwarmClientMaker = {
  name: 'webtorrent',
  async make(options) {
    checkTimetable(options.timetable ?? [], checkOwnLimits);
    const { default: Client } = await import('webtorrent');
    const client = new Client(clientOptions(options));
    // Without a listener an error of the client would be thrown; the torrent reports the same one.
    client.on('error', () => {});
    await listening(client);
    return new WebtorrentClient(client, options);
  },
  async version() {
    return (await import('webtorrent')).default.VERSION;
  },
};

/** A private swarm on one network: peers come from its tracker over plain TCP, and from nowhere else. */
function clientOptions({ peerId, host, port, link, neighbours }: SwarmClientOptions) {
  return {
    peerId: Buffer.from(peerId).toString('hex'),
    torrentPort: { host, port },
    maxConns: neighbours,
    tracker: { getAnnounceOpts: () => ({ numwant: neighbours }) },
    dht: false,
    lsd: false,
    utp: false,
    utPex: false,
    natUpnp: false,
    natPmp: false,
    webSeeds: false,
    secure: 0,
    // A peer that is done announces that and is told of all others again, under addresses that it does not
    // recognise as those it is connected to: it would open every connection a second time.
    seedOutgoingConnections: false,
    uploadLimit: limitOf(link.upBps),
    downloadLimit: limitOf(link.downBps),
  } as const;
}

function limitOf(rateBps: number): number {
  return Number.isFinite(rateBps) ? Math.max(1, Math.round(rateBps)) : -1;
}

/** speed-limiter saves up a whole second of an idle link; a real link saves up nothing. */
function shape(group: ThrottleGroup, rateBps: number): void {
  group.setEnabled(Number.isFinite(rateBps));
  if (!Number.isFinite(rateBps)) return;
  if (rateBps === 0) return group.setRate(0, 1);
  const burst = Math.ceil(Math.max(rateBps * BURST_S, SMALLEST_BURST_BYTES));
  const rate = limitOf(rateBps);
  group.setRate(rate, Math.min(BLOCK_BYTES, Math.ceil(burst / 2), rate));
  group.bucket.bucketSize = burst;
  drain(group);
}

function drain(group: ThrottleGroup): void {
  group.bucket.content = 0;
  group.bucket.lastDrip = Date.now();
}

function listening(client: WebTorrent): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  client.once('listening', resolve);
  client.once('error', reject);
  return promise;
}

class WebtorrentClient implements SwarmClient {
  readonly #client: WebTorrent;
  readonly #options: SwarmClientOptions;
  readonly #traffic = new TrafficCount();
  readonly #leaveTimetable: () => void;
  #torrent: Torrent | undefined;
  #total: LinkRates = UNLIMITED;
  #isPaused = false;

  constructor(client: WebTorrent, options: SwarmClientOptions) {
    this.#client = client;
    this.#options = options;
    this.#shape();
    this.#leaveTimetable = keepTimetable(options.timetable ?? [], (limits) => this.limit(limits));
  }

  async seed(metainfo: Metainfo, store: ChunkStore): Promise<void> {
    const announced = Promise.withResolvers<void>();
    const torrent = this.#add(metainfo, store, { skipVerify: true });
    torrent.once('trackerAnnounce', announced.resolve);
    torrent.on('error', (error) => announced.reject(swarmFailure(error)));
    await announced.promise;
  }

  async download(metainfo: Metainfo, store: ChunkStore): Promise<void> {
    const done = Promise.withResolvers<void>();
    // With a bitfield webtorrent need not hash what the store has; it fetches whole pieces only.
    const geometry = new Geometry(metainfo.imageBytes, metainfo.pieceBytes, BLOCK_BYTES);
    const whole = new PieceSet(geometry.pieces);
    for (const piece of wholePieces(store.held ?? NOTHING_HELD, geometry)) whole.add(piece);
    const bitfield = bitsOf(whole, geometry.pieces);
    const torrent = this.#add(metainfo, store, { bitfield });
    torrent.once('done', done.resolve);
    torrent.on('error', (error) => done.reject(swarmFailure(error)));
    await done.promise;
  }

  pause(): void {
    this.#isPaused = true;
    this.#shape();
  }

  resume(): void {
    this.#isPaused = false;
    this.#shape();
  }

  limit(limits: SwarmLimits): void {
    checkOwnLimits(limits);
    this.#total = limits.total ?? UNLIMITED;
    this.#shape();
  }

  statistics(): SwarmStatistics {
    const byPeer = this.#traffic.byPeer();
    return { ...this.#traffic.total(), byPeer, share: this.#torrent?.progress ?? 0 };
  }

  stop(): Promise<void> {
    this.#leaveTimetable();
    const { promise, resolve } = Promise.withResolvers<void>();
    if (this.#client.destroyed) resolve();
    else this.#client.destroy(() => resolve());
    return promise;
  }

  #add(metainfo: Metainfo, store: ChunkStore, options: TorrentOptions): Torrent {
    const torrent = this.#client.add(metainfo.bytes, {
      ...options,
      strategy: 'rarest',
      uploads: this.#options.uploadSlots,
      preloadedStore: new WebtorrentStore(store, metainfo.pieceBytes, (piece) =>
        pieceLengthOf(metainfo, piece),
      ),
    });
    torrent.once('wire', () => this.#startLink());
    torrent.on('wire', (wire: Wire) => this.#connected(wire));
    this.#torrent = torrent;
    return torrent;
  }

  #shape(): void {
    const { up, down } = this.#client.throttleGroups;
    const { link } = this.#options;
    shape(up, this.#isPaused ? 0 : Math.min(link.upBps, this.#total.upBps));
    shape(down, this.#isPaused ? 0 : Math.min(link.downBps, this.#total.downBps));
  }

  /** Nothing has been sent yet, so nothing may have been saved up. */
  #startLink(): void {
    drain(this.#client.throttleGroups.up);
    drain(this.#client.throttleGroups.down);
  }

  #connected(wire: Wire): void {
    wire.setTimeout(REQUEST_TIMEOUT_MS, true);
    wire.on('upload', (bytes: number) => this.#traffic.uploaded(wire.peerId, bytes));
    wire.on('download', (bytes: number) => this.#traffic.downloaded(wire.peerId, bytes));
  }
}

function checkOwnLimits(limits: SwarmLimits): void {
  checkLimits(limits);
  if (limits.peer || Object.keys(limits.sites ?? {}).length > 0)
    throw new ConfigError('limits', 'webtorrent can limit all peers together, and no others');
}

function swarmFailure(error: Error): RunFailure {
  return error instanceof RunFailure ? error : new RunFailure('SWARM', error.message, { cause: error });
}
