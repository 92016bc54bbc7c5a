import { hash } from 'node:crypto';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { RunFailure } from '../../failure.ts';
import { BLOCK_BYTES, type Metainfo, pieceLengthOf } from '../image/metainfo.ts';
import { LinkRate } from '../link-rate.ts';
import { ProtocolError } from '../protocol-error.ts';
import { AnnounceClient } from './announce-client.ts';
import { PeerSocket } from './peer-socket-client.ts';
import { PieceCache } from './piece-cache.ts';
import { PieceDealer } from './policy/piece-dealer.ts';
import { pickRarest } from './policy/piece-picker.ts';
import type {
  ChunkStore,
  SwarmClient,
  SwarmClientMaker,
  SwarmClientOptions,
  SwarmStatistics,
} from './swarm-client.ts';
import { SystemChance } from './system-chance.ts';
import { Geometry } from './torrent/geometry.ts';
import type { SwarmEffect } from './torrent/swarm-effect.ts';
import type { SwarmEvent } from './torrent/swarm-event.ts';
import { SwarmState } from './torrent/swarm-state.ts';
import { SERVED_BLOCK_BYTES } from './torrent/upload-side.ts';
import { TrafficCount } from './traffic-count.ts';
import type { Handshake } from './wire/handshake-codec.ts';
import type { BlockAddress, Message } from './wire/message.ts';

const TICK_MS = 100;
/** A grant that nobody makes use of goes to the next after this time. */
const PATIENCE_MS = 500;
/**
 * Bytes that may wait on one connection, as a share of a piece: what waits there delays all that is said after it, and
 * a grant whose bytes all wait does not hold its slot any more.
 */
const UNSENT_SHARE = 1 / 16;
const MOST_UNSENT_BYTES = 4 * BLOCK_BYTES;
/** Memory for pieces that come in, and for pieces that are served [byte]. */
const OPEN_BYTES = 64 * 2 ** 20;
const CACHE_BYTES = 64 * 2 ** 20;
const ASKED_BLOCKS = 256;

/** Our own peer, made for deployments. */
export const swarmboot: SwarmClientMaker = {
  name: 'swarmboot',
  async make(options) {
    const server = createServer({ noDelay: true });
    const listening = Promise.withResolvers<void>();
    server.once('error', listening.reject);
    server.listen(options.port, options.host, listening.resolve);
    await listening.promise;
    return new SwarmbootClient(server, options);
  },
  version: () => Promise.resolve('1'),
};

/** A peer that is connected, or on its way. */
interface Connection {
  readonly socket: PeerSocket;
  readonly isOurs: boolean;
  /** Hex, once it has introduced itself. */
  peerId: string;
}

/** The shell around `torrent/swarm-state.ts`: sockets, clock, disk. */
class SwarmbootClient implements SwarmClient {
  readonly #server: Server;
  readonly #options: SwarmClientOptions;
  readonly #up: LinkRate;
  readonly #down: LinkRate;
  readonly #traffic = new TrafficCount();
  readonly #connections = new Map<number, Connection>();
  readonly #done = Promise.withResolvers<void>();
  /** Pieces that come in. */
  readonly #incoming = new Map<number, Uint8Array>();
  #metainfo!: Metainfo;
  #store!: ChunkStore;
  #state!: SwarmState;
  #cache!: PieceCache;
  #tracker: AnnounceClient | undefined;
  #ticker: NodeJS.Timeout | undefined;
  #nextPeer = 1;
  #isStopped = false;

  constructor(server: Server, options: SwarmClientOptions) {
    this.#server = server;
    this.#options = options;
    this.#up = new LinkRate(options.link.upBps);
    this.#down = new LinkRate(options.link.downBps);
    server.on('connection', (socket) => this.#open(socket, false));
    this.#done.promise.catch(() => {});
  }

  async seed(metainfo: Metainfo, store: ChunkStore): Promise<void> {
    await this.#start(metainfo, store, true);
  }

  async download(metainfo: Metainfo, store: ChunkStore): Promise<void> {
    await this.#start(metainfo, store, false);
    await this.#done.promise;
    this.#tracker?.completed(metainfo.imageBytes);
  }

  statistics(): SwarmStatistics {
    const share = this.#state ? this.#state.heldPieces / this.#metainfo.pieceHashes.length : 0;
    return { ...this.#traffic.total(), byPeer: this.#traffic.byPeer(), share };
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#ticker);
    this.#tracker?.stop();
    for (const { socket } of [...this.#connections.values()]) socket.close('this client stops');
    this.#done.reject(new RunFailure('SWARM', 'the client was stopped'));
    if (!this.#server.listening) return;
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #start(metainfo: Metainfo, store: ChunkStore, isSeed: boolean): Promise<void> {
    const { pieceBytes, imageBytes } = metainfo;
    const geometry = new Geometry(imageBytes, pieceBytes, BLOCK_BYTES);
    this.#metainfo = metainfo;
    this.#store = store;
    this.#cache = new PieceCache(Math.max(4, Math.floor(CACHE_BYTES / pieceBytes)), (piece) =>
      store.read(piece, 0, geometry.bytesOf(piece)),
    );
    this.#state = new SwarmState({
      geometry,
      isSeed,
      chance: new SystemChance(),
      pick: pickRarest,
      dealer: isSeed ? new PieceDealer(geometry.pieces) : undefined,
      slots: this.#options.uploadSlots,
      openPieces: Math.max(4, Math.floor(OPEN_BYTES / pieceBytes)),
      askedBlocks: ASKED_BLOCKS,
      sources: this.#options.uploadSlots + 1,
      unsentBytes: Math.min(MOST_UNSENT_BYTES, Math.max(BLOCK_BYTES, pieceBytes * UNSENT_SHARE)),
      patienceMs: PATIENCE_MS,
    });
    this.#ticker = setInterval(() => this.#handle({ kind: 'clockTicked' }), TICK_MS);
    this.#tracker = await AnnounceClient.start({
      metainfo,
      peerId: this.#options.peerId,
      port: (this.#server.address() as AddressInfo).port,
      wanted: this.#options.neighbours,
      leftBytes: isSeed ? 0 : imageBytes,
      onPeer: (address) => this.#connect(address),
    });
  }

  #connect(address: string): void {
    if (this.#isStopped || this.#connections.size >= this.#options.neighbours) return;
    const at = address.lastIndexOf(':');
    const host = address.slice(0, at).replace(/^\[|\]$/g, '');
    this.#open(
      connect({ host, port: Number(address.slice(at + 1)), localAddress: this.#options.host }),
      true,
    );
  }

  #open(socket: Socket, isOurs: boolean): void {
    if (!this.#state) {
      socket.destroy();
      return;
    }
    const peer = this.#nextPeer++;
    const { infoHash } = this.#metainfo;
    const bitfieldBytes = Math.ceil(this.#metainfo.pieceHashes.length / 8);
    const connection: Connection = {
      isOurs,
      peerId: '',
      socket: new PeerSocket(socket, {
        handshake: {
          infoHash: Buffer.from(infoHash, 'hex'),
          peerId: this.#options.peerId,
          hasFast: true,
          hasExtended: false,
        },
        limits: { messageBytes: Math.max(1 + bitfieldBytes, 16_384), blockBytes: SERVED_BLOCK_BYTES },
        up: this.#up,
        down: this.#down,
        watch: {
          handshakeReceived: (handshake) => this.#join(peer, handshake),
          messageReceived: (message) => this.#hear(peer, message),
          blockAnnounced: (block) => this.#placeFor(peer, block),
          blockReceived: (block) => this.#receive(peer, block),
          blockSent: (bytes) => this.#handle({ kind: 'blockSent', peer, bytes }),
          closed: () => this.#leave(peer),
        },
      }),
    };
    this.#connections.set(peer, connection);
  }

  #join(peer: number, { infoHash, peerId, hasFast }: Handshake): void {
    const id = Buffer.from(peerId).toString('hex');
    if (Buffer.from(infoHash).toString('hex') !== this.#metainfo.infoHash) {
      throw new ProtocolError('it wants another torrent');
    }
    if (id === Buffer.from(this.#options.peerId).toString('hex'))
      throw new ProtocolError('this is our own connection');
    this.#dropTwin(id);
    this.#connections.get(peer)!.peerId = id;
    this.#handle({ kind: 'peerJoined', peer, hasFast });
  }

  /** Two peers may connect to each other at once: both keep the connection that the greater peer id began. */
  #dropTwin(id: string): void {
    const own = Buffer.from(this.#options.peerId).toString('hex');
    const isOursKept = own > id;
    for (const [other, { peerId, socket, isOurs }] of this.#connections) {
      if (peerId !== id) continue;
      if (isOurs === isOursKept) throw new ProtocolError('we are connected already');
      socket.close('we are connected twice');
      this.#connections.delete(other);
    }
  }

  #leave(peer: number): void {
    if (this.#connections.delete(peer)) this.#handle({ kind: 'peerLeft', peer });
  }

  #hear(peer: number, message: Message): void {
    const event = eventOf(peer, message);
    if (event) this.#handle(event);
  }

  #placeFor(peer: number, block: BlockAddress): Uint8Array | undefined {
    if (!this.#state.blockArrives(peer, block)) return undefined;
    let bytes = this.#incoming.get(block.piece);
    if (!bytes) {
      bytes = Buffer.allocUnsafeSlow(pieceLengthOf(this.#metainfo, block.piece));
      this.#incoming.set(block.piece, bytes);
    }
    return bytes.subarray(block.begin, block.begin + block.length);
  }

  #receive(peer: number, block: BlockAddress): void {
    this.#traffic.downloaded(this.#connections.get(peer)!.peerId, block.length);
    this.#handle({ kind: 'blockReceived', peer, block });
  }

  #handle(event: SwarmEvent): void {
    for (const effect of this.#state.handle(event, performance.now())) this.#do(effect);
  }

  #do(effect: SwarmEffect): void {
    if (effect.kind === 'checkPiece') return void this.#check(effect.piece);
    if (effect.kind === 'finish') return this.#done.resolve();
    const connection = this.#connections.get(effect.peer);
    if (!connection) return;
    switch (effect.kind) {
      case 'sendMessage':
        return connection.socket.send(effect.message);
      case 'sendBehindBlocks':
        return connection.socket.sendBehindBlocks(effect.message);
      case 'dropPeer':
        return connection.socket.close(effect.reason);
      case 'sendBlock':
        this.#traffic.uploaded(connection.peerId, effect.block.length);
        return connection.socket.sendBlock(effect.block, this.#dataOf(effect.block));
    }
  }

  #dataOf({ piece, begin, length }: BlockAddress): Uint8Array | Promise<Uint8Array> {
    const bytes = this.#cache.get(piece);
    if (bytes instanceof Uint8Array) return bytes.subarray(begin, begin + length);
    return bytes.then((whole) => whole.subarray(begin, begin + length));
  }

  async #check(piece: number): Promise<void> {
    const bytes = this.#incoming.get(piece)!;
    this.#incoming.delete(piece);
    if (hash('sha1', bytes) !== this.#metainfo.pieceHashes[piece])
      return this.#handle({ kind: 'pieceRefuted', piece });
    try {
      await this.#store.write(piece, bytes);
    } catch (error) {
      return this.#done.reject(error);
    }
    this.#cache.put(piece, bytes);
    this.#handle({ kind: 'pieceStored', piece });
  }
}

/** What a message means for the torrent; undefined for one that means nothing. */
function eventOf(peer: number, message: Message): SwarmEvent | undefined {
  switch (message.kind) {
    case 'choke':
      return { kind: 'choked', peer };
    case 'unchoke':
      return { kind: 'unchoked', peer };
    case 'interested':
      return { kind: 'becameInterested', peer };
    case 'notInterested':
      return { kind: 'lostInterest', peer };
    case 'have':
      return { kind: 'pieceAnnounced', peer, piece: message.piece };
    case 'bitfield':
      return { kind: 'bitfieldReceived', peer, bits: message.bits };
    case 'haveAll':
      return { kind: 'everythingAnnounced', peer };
    case 'request':
      return { kind: 'blockRequested', peer, block: message };
    case 'cancel':
      return { kind: 'requestCancelled', peer, block: message };
    case 'reject':
      return { kind: 'requestRejected', peer, block: message };
    default:
      return undefined;
  }
}
