import type { AddressInfo, Server } from 'node:net';
import { RunFailure } from '../../failure.ts';
import { BLOCK_BYTES, type Metainfo, pieceLengthOf } from '../image/metainfo.ts';
import { AnnounceClient } from './announce-client.ts';
import { AnnouncePace } from './announce-pace.ts';
import { Evidence } from './evidence.ts';
import { PeerListener } from './peer-listener.ts';
import { PieceBuffers } from './piece-buffers.ts';
import { PieceCache } from './piece-cache.ts';
import { pieceHash } from './piece-hash.ts';
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
import { FROM_STORE } from './torrent/partial-piece.ts';
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
/** Stands for the store among peer ids. */
const STORE_ID = '';
/** Pieces that are kept to be served, however large they are. */
const FEWEST_CACHED = 4;

/** Our own peer, made for deployments. */
export const swarmboot: SwarmClientMaker = {
  name: 'swarmboot',
  async make(options) {
    checkTimetable(options.timetable ?? []);
    await AnnounceClient.load();
    return new SwarmbootClient(await PeerListener.listen(options.host, options.port), options);
  },
  version: () => Promise.resolve('1'),
};

/** The shell around `torrent/swarm-state.ts`: it turns sockets, clock and disk into events, and effects into deeds. */
class SwarmbootClient implements SwarmClient {
  readonly #server: Server;
  readonly #options: SwarmClientOptions;
  readonly #traffic = new TrafficCount();
  readonly #evidence = new Evidence();
  readonly #done = Promise.withResolvers<void>();
  /** Pieces that come in. */
  readonly #incoming = new Map<number, Uint8Array>();
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #rates: RateTable;
  readonly #leaveTimetable: () => void;
  #metainfo!: Metainfo;
  #geometry!: Geometry;
  #store!: ChunkStore;
  #state: SwarmState | undefined;
  #buffers!: PieceBuffers;
  #cache!: PieceCache;
  #peers: PeerListener | undefined;
  #isPaused = false;
  #tracker: AnnounceClient | undefined;
  #pace: AnnouncePace | undefined;

  constructor(server: Server, options: SwarmClientOptions) {
    this.#server = server;
    this.#options = options;
    this.#rates = new RateTable(options.link);
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
    this.#geometry = new Geometry(metainfo.imageBytes, metainfo.pieceBytes, BLOCK_BYTES);
    this.#buffers = new PieceBuffers(metainfo.pieceBytes, SPARE_BYTES / metainfo.pieceBytes);
    this.#cache = new PieceCache(
      Math.max(FEWEST_CACHED, Math.floor((this.#options.cacheBytes ?? CACHE_BYTES) / metainfo.pieceBytes)),
      (piece) => store.read(piece, 0, this.#buffers.take(this.#geometry.bytesOf(piece))),
      (bytes) => this.#buffers.giveBack(bytes),
    );
    this.#state = new SwarmState(
      settingsOf({
        options: this.#options,
        geometry: this.#geometry,
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
    if (metainfo.trackers.length === 0) return;
    this.#tracker = await AnnounceClient.start({
      metainfo,
      peerId: this.#options.peerId,
      host: this.#options.host,
      port: (this.#server.address() as AddressInfo).port,
      site: this.#options.site ?? '',
      wanted: this.#options.neighbours,
      leftBytes: this.#isComplete() ? 0 : metainfo.imageBytes,
      onPeer: (address) => this.#peers!.connect(address),
    });
    this.#pace = new AnnouncePace(performance.now());
    this.#every(REVIEW_MS, () => {
      if (!this.#isComplete() && this.#pace!.isDue(performance.now())) this.#tracker!.askForPeers();
    });
  }

  #watchWebSeeds(): void {
    const webSeeds = new WebSeeds({ metainfo: this.#metainfo, down: this.#rates.down, host: this.#peers! });
    this.#every(REVIEW_MS, () => {
      if (!this.#isComplete()) webSeeds.ticked(performance.now(), this.#traffic.total().downloadedBytes);
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
    let bytes = this.#incoming.get(block.piece);
    if (!bytes) {
      bytes = this.#buffers.take(pieceLengthOf(this.#metainfo, block.piece));
      this.#incoming.set(block.piece, bytes);
    }
    return bytes.subarray(block.begin, block.begin + block.length);
  }

  #receive(peer: number, block: BlockAddress): void {
    this.#traffic.downloaded(this.#peers!.peerIdOf(peer), block.length);
    this.#handle({ kind: 'blockReceived', peer, block });
  }

  #handle(event: SwarmEvent | undefined): void {
    if (!event || !this.#state) return;
    for (const effect of this.#state.handle(event, performance.now())) this.#do(effect);
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
        // A block may still come in there: the memory is used for nothing else.
        this.#incoming.delete(effect.piece);
        return;
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
    const bytes = this.#incoming.get(piece)!;
    const peerIds = senders.map((peer) => (peer === FROM_STORE ? STORE_ID : this.#peers!.peerIdOf(peer)));
    this.#incoming.delete(piece);
    await this.#fillFromStore(piece, bytes, senders);
    if ((await pieceHash(bytes)) !== this.#metainfo.pieceHashes.at(piece)) {
      if (new Set(peerIds).size === 1) this.#ban(peerIds[0]!, piece);
      else this.#evidence.keep(piece, peerIds, bytes);
      return this.#handle({ kind: 'pieceRefuted', piece });
    }
    if (this.#evidence.has(piece)) this.#judge(piece, bytes);
    await this.#store.write(piece, bytes);
    this.#cache.put(piece, bytes);
    this.#handle({ kind: 'pieceStored', piece });
  }

  #judge(piece: number, bytes: Uint8Array): void {
    for (const peerId of this.#evidence.guilty(piece, bytes))
      if (peerId !== STORE_ID) this.#ban(peerId, piece);
  }

  #ban(peerId: string, piece: number): void {
    this.#peers!.ban(peerId, `it sent wrong data for piece ${piece}`);
  }

  /** Reads the blocks that no peer sent; one that cannot be read makes the hash wrong, and all is fetched. */
  async #fillFromStore(piece: number, bytes: Uint8Array, senders: readonly number[]): Promise<void> {
    for (const [block, sender] of senders.entries()) {
      if (sender !== FROM_STORE) continue;
      const { begin, length } = this.#geometry.blockAt(piece, block);
      await this.#store.read(piece, begin, bytes.subarray(begin, begin + length)).catch(() => {});
    }
  }
}
