import type { AddressInfo, Server } from 'node:net';
import { RunFailure } from '../../failure.ts';
import { BLOCK_BYTES, type Metainfo } from '../image/metainfo.ts';
import { AnnounceClient } from './announce-client.ts';
import { AnnouncePace } from './announce-pace.ts';
import { EffectQueue } from './effect-queue.ts';
import { IncomingPieces } from './incoming-pieces.ts';
import { PeerListener } from './peer-listener.ts';
import { PieceBuffers } from './piece-buffers.ts';
import { PieceCache } from './piece-cache.ts';
import { RateTable } from './rate-table.ts';
import type {
  ChunkStore,
  SwarmClient,
  SwarmClientMaker,
  SwarmClientOptions,
  SwarmStatistics,
} from './swarm-client.ts';
import { checkLimits, checkTimetable, keepTimetable, type SwarmLimits } from './swarm-limits.ts';
import { isDealer, saltOf, settingsOf } from './swarm-settings.ts';
import { Geometry } from './torrent/geometry.ts';
import { NOTHING_HELD } from './torrent/held-blocks.ts';
import { eventOf } from './torrent/message-event.ts';
import type { SwarmEffect } from './torrent/swarm-effect.ts';
import type { SwarmEvent } from './torrent/swarm-event.ts';
import { SwarmState } from './torrent/swarm-state.ts';
import { QUEUED_REQUESTS, SERVED_BLOCK_BYTES } from './torrent/upload-side.ts';
import { TrafficCount } from './traffic-count.ts';
import { WebSeeds } from './web-seeds.ts';
import type { BlockAddress } from './wire/message.ts';

const TICK_MS = 100;
const KEEP_ALIVE_MS = 60_000;
/** How often peer exchange, web seeds and further announces are thought about. */
const REVIEW_MS = 1_000;
/** Memory for pieces that are served, and memory that is kept for those to come [byte]. */
const CACHE_BYTES = 16 * 2 ** 20;
const SPARE_BYTES = 8 * 2 ** 20;
/** Pieces that are kept to be served, however large they are. */
const FEWEST_CACHED = 4;

/** Our own peer, made for deployments. */
export const swarmboot: SwarmClientMaker = {
  name: 'swarmboot',
  async make(options) {
    checkTimetable(options.timetable ?? []);
    return new SwarmbootClient(await PeerListener.listen(options.host, options.port), options);
  },
  version: () => Promise.resolve('1'),
};

/** The shell around `torrent/swarm-state.ts`: it turns sockets, clock and disk into events, and effects into deeds. */
class SwarmbootClient implements SwarmClient {
  readonly #server: Server;
  readonly #options: SwarmClientOptions;
  readonly #traffic = new TrafficCount();
  readonly #done = Promise.withResolvers<void>();
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #rates: RateTable;
  readonly #effects = new EffectQueue((effect) => this.#do(effect));
  readonly #leaveTimetable: () => void;
  #metainfo!: Metainfo;
  #geometry!: Geometry;
  #store!: ChunkStore;
  #state: SwarmState | undefined;
  #incoming!: IncomingPieces;
  #cache!: PieceCache;
  #peers: PeerListener | undefined;
  #isPaused = false;
  #isStopped = false;
  #tracker: AnnounceClient | undefined;
  #pace: AnnouncePace | undefined;

  constructor(server: Server, options: SwarmClientOptions) {
    this.#server = server;
    this.#options = options;
    this.#rates = new RateTable(options.link, options.uplink);
    this.#leaveTimetable = keepTimetable(options.timetable ?? [], (limits) => this.limit(limits));
    this.#done.promise.catch(() => {});
  }

  async seed(metainfo: Metainfo, store: ChunkStore): Promise<void> {
    await this.#start(metainfo, store, true);
    await this.#tracker?.answered;
  }

  async download(metainfo: Metainfo, store: ChunkStore): Promise<void> {
    await this.#start(metainfo, store, false);
    if (this.#isComplete()) return;
    // A web seed needs no tracker.
    if (metainfo.webSeeds.length === 0) this.#tracker?.answered.catch(this.#done.reject);
    await this.#done.promise;
    this.#tracker?.completed(metainfo.imageBytes);
  }

  pause(): void {
    this.#isPaused = true;
    this.#handle({ kind: 'paused' });
  }

  resume(): void {
    this.#isPaused = false;
    this.#handle({ kind: 'resumed' });
  }

  limit(limits: SwarmLimits): void {
    checkLimits(limits);
    this.#rates.limit(limits);
  }

  statistics(): SwarmStatistics {
    const share = this.#state ? this.#state.heldPieces / this.#geometry.pieces : 0;
    return { ...this.#traffic.total(), byPeer: this.#traffic.byPeer(), share };
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const timer of this.#timers) clearInterval(timer);
    this.#leaveTimetable();
    this.#tracker?.stop();
    this.#done.reject(new RunFailure('SWARM', 'the client was stopped'));
    if (this.#peers) await this.#peers.close();
    else await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #start(metainfo: Metainfo, store: ChunkStore, isSeed: boolean): Promise<void> {
    this.#metainfo = metainfo;
    this.#store = store;
    const geometry = new Geometry(metainfo.imageBytes, metainfo.pieceBytes, BLOCK_BYTES);
    this.#geometry = geometry;
    const buffers = new PieceBuffers(metainfo.pieceBytes, SPARE_BYTES / metainfo.pieceBytes);
    this.#incoming = new IncomingPieces({
      metainfo,
      geometry,
      store,
      buffers,
      identityOf: (peer) => this.#peers!.identityOf(peer),
      guilty: (identity, piece) => this.#peers!.ban(identity, `it sent wrong data for piece ${piece}`),
    });
    this.#cache = new PieceCache(
      Math.max(FEWEST_CACHED, Math.floor((this.#options.cacheBytes ?? CACHE_BYTES) / metainfo.pieceBytes)),
      (piece) => store.read(piece, 0, buffers.take(geometry.bytesOf(piece))),
      (bytes) => buffers.giveBack(bytes),
    );
    this.#state = new SwarmState(
      settingsOf({
        options: this.#options,
        geometry,
        isSeed,
        held: store.held ?? NOTHING_HELD,
        count: (place, counter) => this.#state!.count(place, counter),
      }),
    );
    if (this.#isPaused) this.pause();
    this.#peers = this.#newPeers(isSeed);
    this.#every(TICK_MS, () => this.#handle({ kind: 'clockTicked' }));
    this.#every(KEEP_ALIVE_MS, () => this.#peers!.keepAlive());
    this.#every(REVIEW_MS, () => this.#peers!.exchangePeers());
    this.#watchWebSeeds();
    const tracker = await AnnounceClient.start({
      metainfo,
      peerId: this.#options.peerId,
      host: this.#options.host,
      port: (this.#server.address() as AddressInfo).port,
      site: this.#options.site ?? '',
      wanted: this.#options.neighbours,
      leftBytes: this.#isComplete() ? 0 : metainfo.imageBytes,
      onPeer: (address) => this.#peers!.connect(address),
    });
    // It may have been stopped meanwhile.
    if (!tracker || this.#isStopped) return tracker?.stop();
    const pace = new AnnouncePace(performance.now());
    this.#tracker = tracker;
    this.#pace = pace;
    this.#every(TICK_MS, () => {
      if (!this.#isComplete() && pace.isDue(performance.now())) tracker.askForPeers();
    });
  }

  #watchWebSeeds(): void {
    const webSeeds = new WebSeeds({ metainfo: this.#metainfo, down: this.#rates.down, host: this.#peers! });
    this.#every(REVIEW_MS, () => {
      if (!this.#isComplete()) webSeeds.ticked(performance.now(), this.#state!.givenBytes);
    });
  }

  #isComplete(): boolean {
    return this.#state!.heldPieces === this.#geometry.pieces;
  }

  #every(intervalMs: number, work: () => void): void {
    this.#timers.push(setInterval(work, intervalMs));
  }

  #newPeers(isSeed: boolean): PeerListener {
    const { host, peerId, neighbours, site = '' } = this.#options;
    const infoHash = Buffer.from(this.#metainfo.infoHash, 'hex');
    const bitfieldBytes = Math.ceil(this.#geometry.pieces / 8);
    const options = {
      host,
      neighbours,
      handshake: { infoHash, peerId, hasFast: true, hasExtended: true },
      limits: { messageBytes: Math.max(1 + bitfieldBytes, BLOCK_BYTES), blockBytes: SERVED_BLOCK_BYTES },
      rates: this.#rates,
      site,
      isDealer: isDealer(this.#options, isSeed),
      queuedRequests: QUEUED_REQUESTS,
      isPrivate: this.#metainfo.isPrivate,
    };
    return new PeerListener(this.#server, options, {
      joined: (peer, { hasFast }) => this.#handle({ kind: 'peerJoined', peer, hasFast }),
      introduced: (peer, { site, isDealer }) => {
        const salt = saltOf(Buffer.from(this.#peers!.peerIdOf(peer), 'hex'));
        this.#handle({ kind: 'peerIntroduced', peer, site, isDealer, salt });
      },
      left: (peer) => {
        this.#pace?.lostPeer(performance.now());
        this.#handle({ kind: 'peerLeft', peer });
      },
      found: (address) => this.#tracker?.found(address),
      lost: (address) => this.#tracker?.lost(address),
      watchOf: (peer) => ({
        messageReceived: (message) => this.#handle(eventOf(peer, message)),
        blockAnnounced: (block) => this.#placeFor(peer, block),
        blockReceived: (block) => this.#receive(peer, block),
        blockSent: (bytes) => this.#handle({ kind: 'blockSent', peer, bytes }),
        blockUnreadable: (block, reason) => {
          // It was counted when it was handed over.
          this.#traffic.uploaded(this.#peers!.peerIdOf(peer), -block.length);
          this.#handle({ kind: 'blockUnreadable', peer, block, reason });
        },
      }),
    });
  }

  #placeFor(peer: number, block: BlockAddress): Uint8Array | undefined {
    if (!this.#state!.blockArrives(peer, block, performance.now())) return undefined;
    return this.#incoming.placeFor(peer, block);
  }

  #receive(peer: number, block: BlockAddress): void {
    this.#traffic.downloaded(this.#peers!.peerIdOf(peer), block.length);
    this.#handle({ kind: 'blockReceived', peer, block });
  }

  #handle(event: SwarmEvent | undefined): void {
    if (!event || !this.#state) return;
    this.#effects.add(this.#state.handle(event, performance.now()));
  }

  #do(effect: SwarmEffect): void {
    switch (effect.kind) {
      case 'sendMessage':
        return this.#peers!.lineTo(effect.peer)?.send(effect.message);
      case 'sendBehindBlocks':
        return this.#peers!.lineTo(effect.peer)?.sendBehindBlocks(effect.message);
      case 'sendBlock':
        this.#traffic.uploaded(this.#peers!.peerIdOf(effect.peer), effect.block.length);
        return this.#sendBlock(effect.peer, effect.block);
      case 'dropPeer':
        return this.#peers!.lineTo(effect.peer)?.close(effect.reason);
      case 'checkPiece':
        this.#check(effect.piece, effect.senders).catch(this.#done.reject);
        return;
      case 'abandonPiece':
        return this.#incoming.abandon(effect.piece);
      case 'finish':
        return this.#done.resolve();
    }
  }

  #sendBlock(peer: number, block: BlockAddress): void {
    const { piece, begin, length } = block;
    const line = this.#peers!.lineTo(peer);
    if (!line) return;
    const { bytes, giveBack } = this.#cache.borrow(piece);
    const dataOf = (whole: Uint8Array): Uint8Array => whole.subarray(begin, begin + length);
    line.sendBlock(block, bytes instanceof Uint8Array ? dataOf(bytes) : bytes.then(dataOf), giveBack);
  }

  /** @param senders peer by block */
  async #check(piece: number, senders: readonly number[]): Promise<void> {
    const bytes = await this.#incoming.complete(piece, senders);
    if (!bytes) return this.#handle({ kind: 'pieceRefuted', piece });
    const { giveBack } = this.#cache.put(piece, bytes);
    await this.#store.write(piece, bytes, () => this.#cache.borrow(piece).giveBack);
    giveBack();
    this.#handle({ kind: 'pieceStored', piece });
  }
}
