import { connect, createServer, type Server, type Socket } from 'node:net';
import type { LinkRate } from '../link-rate.ts';
import { ProtocolError } from '../protocol-error.ts';
import { PeerSocket, type PeerSocketWatch } from './peer-socket-client.ts';
import type { Handshake } from './wire/handshake-codec.ts';
import type { MessageLimits } from './wire/message-parser.ts';

/** Connections that may stand at a time beside those that we make ourselves; more are closed at once. */
const SPARE_CONNECTIONS = 150;

/** Who listens, and for which torrent. */
export interface PeerListenerOptions {
  readonly host: string;
  readonly handshake: Handshake;
  readonly limits: MessageLimits;
  readonly up: LinkRate;
  readonly down: LinkRate;
  /** Connections that we make at most. */
  readonly neighbours: number;
}

/** Hears of peers by number. */
export interface PeerListenerWatch {
  joined(peer: number, handshake: Handshake): void;
  left(peer: number): void;
  /** Hears what the peer says from now on. */
  watchOf(peer: number): Omit<PeerSocketWatch, 'handshakeReceived' | 'closed'>;
}

/** A peer that is connected, or on its way. */
interface Connection {
  readonly socket: PeerSocket;
  readonly isOurs: boolean;
  readonly address: string;
  /** It has said something beside its name. */
  hasSpoken: boolean;
  /** Hex, once it has introduced itself. */
  peerId: string;
}

/** All connections of one torrent: those that we accept and those that we make, one to a peer, none to the banned. */
export class PeerListener {
  readonly #server: Server;
  readonly #options: PeerListenerOptions;
  readonly #watch: PeerListenerWatch;
  readonly #connections = new Map<number, Connection>();
  readonly #banned = new Set<string>();
  #nextPeer = 1;

  /** @param server listens already */
  constructor(server: Server, options: PeerListenerOptions, watch: PeerListenerWatch) {
    this.#server = server;
    this.#options = options;
    this.#watch = watch;
    server.on('connection', (socket) => this.#open(socket, false));
  }

  /** Rejects with the system's error where the port is taken. Port 0 takes any free one. */
  static async listen(host: string, port: number): Promise<Server> {
    const server = createServer({ noDelay: true });
    const listening = Promise.withResolvers<void>();
    server.once('error', listening.reject);
    server.listen(port, host, listening.resolve);
    await listening.promise;
    return server;
  }

  /** @param address `host:port`, IPv6 hosts in brackets; one that we are connected to already is passed over */
  connect(address: string): void {
    const made = [...this.#connections.values()].filter(({ isOurs }) => isOurs);
    if (made.length >= this.#options.neighbours || made.some((other) => other.address === address)) return;
    const at = address.lastIndexOf(':');
    const host = address.slice(0, at).replace(/^\[|\]$/g, '');
    const port = Number(address.slice(at + 1));
    this.#open(connect({ host, port, localAddress: this.#options.host }), true, address);
  }

  socketOf(peer: number): PeerSocket | undefined {
    return this.#connections.get(peer)?.socket;
  }

  /** Hex; empty for a peer that has gone. */
  peerIdOf(peer: number): string {
    return this.#connections.get(peer)?.peerId ?? '';
  }

  /** Ends the connection and takes no other from this peer. */
  ban(peerId: string, reason: string): void {
    this.#banned.add(peerId);
    for (const connection of [...this.#connections.values()]) {
      if (connection.peerId === peerId) connection.socket.close(reason);
    }
  }

  /** Idle connections are not taken for dead ones. */
  keepAlive(): void {
    for (const { socket, peerId } of this.#connections.values())
      if (peerId !== '') socket.send({ kind: 'keepAlive' });
  }

  async close(): Promise<void> {
    for (const { socket } of [...this.#connections.values()]) socket.close('this client stops');
    if (!this.#server.listening) return;
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #open(socket: Socket, isOurs: boolean, address = ''): void {
    if (this.#isFull()) this.#closeSilent();
    if (this.#isFull()) {
      socket.destroy();
      return;
    }
    const peer = this.#nextPeer++;
    const { handshake, limits, up, down } = this.#options;
    const heard = this.#watch.watchOf(peer);
    const watch: PeerSocketWatch = {
      ...heard,
      messageReceived: (message) => {
        this.#speak(peer);
        heard.messageReceived(message);
      },
      handshakeReceived: (theirs) => this.#join(peer, theirs),
      closed: () => this.#leave(peer),
    };
    const peerSocket = new PeerSocket(socket, { handshake, limits, up, down, watch });
    this.#connections.set(peer, { socket: peerSocket, isOurs, address, hasSpoken: false, peerId: '' });
  }

  #isFull(): boolean {
    return this.#connections.size >= this.#options.neighbours + SPARE_CONNECTIONS;
  }

  /** Makes room: the longest silent guest has to go. */
  #closeSilent(): void {
    for (const { socket, isOurs, hasSpoken } of this.#connections.values()) {
      if (!isOurs && !hasSpoken) return socket.close('it says nothing while others wait');
    }
  }

  #speak(peer: number): void {
    const connection = this.#connections.get(peer);
    if (connection) connection.hasSpoken = true;
  }

  #join(peer: number, theirs: Handshake): void {
    const { handshake } = this.#options;
    const id = hex(theirs.peerId);
    if (hex(theirs.infoHash) !== hex(handshake.infoHash)) throw new ProtocolError('it wants another torrent');
    if (id === hex(handshake.peerId)) throw new ProtocolError('this is our own connection');
    if (this.#banned.has(id)) throw new ProtocolError('it is banned');
    this.#dropTwin(id);
    this.#connections.get(peer)!.peerId = id;
    this.#watch.joined(peer, theirs);
  }

  /** Two peers may connect to each other at once: both keep the connection that the greater peer id began. */
  #dropTwin(id: string): void {
    const isOursKept = hex(this.#options.handshake.peerId) > id;
    for (const { peerId, socket, isOurs } of [...this.#connections.values()]) {
      if (peerId !== id) continue;
      if (isOurs === isOursKept) throw new ProtocolError('we are connected already');
      socket.close('we are connected twice');
    }
  }

  #leave(peer: number): void {
    const connection = this.#connections.get(peer);
    if (!this.#connections.delete(peer) || connection?.peerId === '') return;
    this.#watch.left(peer);
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
