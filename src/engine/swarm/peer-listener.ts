import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { ProtocolError } from '../protocol-error.ts';
import { ConnectionTable } from './connection-table.ts';
import { ExtensionTalk } from './extension-talk.ts';
import { hostOf, isAddress, localAddressTowards, parseAddress } from './peer-address.ts';
import type { PeerLine } from './peer-line.ts';
import { PeerSocket, type PeerSocketWatch } from './peer-socket-client.ts';
import type { RateTable } from './rate-table.ts';
import type { Introduction } from './wire/extension-codec.ts';
import type { Handshake } from './wire/handshake-codec.ts';
import type { MessageLimits } from './wire/message-parser.ts';

/** Guests that may stand at a time beyond the neighbours that are wanted; more are closed at once. */
const SPARE_GUESTS = 150;
/** Share of the places for guests that one address gets: enough for a room behind one NAT, and nobody takes all. */
const SHARE_OF_ONE_ADDRESS = 1 / 2;
/** Share of our calls that may go to addresses that other peers told us: all of them could be lies. */
const TOLD_SHARE = 1 / 2;

/** Who listens, and for which torrent. */
export interface PeerListenerOptions {
  /** :: for IPv4 and IPv6. */
  readonly host: string;
  readonly handshake: Handshake;
  readonly limits: MessageLimits;
  readonly rates: RateTable;
  /** Connections that we make at most. */
  readonly neighbours: number;
  /** Label of the place where we are; empty for none. */
  readonly site: string;
  /** We have everything and show it piece by piece. */
  readonly isDealer: boolean;
  /** Requests that may wait for us to answer them. */
  readonly queuedRequests: number;
  /** Peers come from the tracker alone. */
  readonly isPrivate: boolean;
}

/** Hears what a peer says, once it has joined. */
export type PeerWatch = Omit<PeerSocketWatch, 'handshakeReceived' | 'closed'>;

/** Hears of peers by number. */
export interface PeerListenerWatch {
  joined(peer: number, handshake: Pick<Handshake, 'hasFast'>): void;
  /** A peer that speaks the extension protocol says in which place it is; empty for none. */
  introduced(peer: number, introduction: Introduction): void;
  left(peer: number): void;
  /** Where somebody listens to whom we are connected now, or are no more, or could not be: `host:port`. */
  found(address: string): void;
  lost(address: string): void;
  watchOf(peer: number): PeerWatch;
}

/**
 * What arrives on connections that we made is read into this, one at a time. Node takes new memory for every read of
 * those that we accept, and for much of it the garbage collector goes through everything there is.
 */
const READING = Buffer.allocUnsafeSlow(2 ** 17);

/** All connections of one torrent: those that we accept and those that we make. */
export class PeerListener {
  readonly #server: Server;
  readonly #options: PeerListenerOptions;
  readonly #watch: PeerListenerWatch;
  readonly #connections: ConnectionTable;
  readonly #talk: ExtensionTalk;

  /** @param server listens already */
  constructor(server: Server, options: PeerListenerOptions, watch: PeerListenerWatch) {
    this.#server = server;
    this.#options = options;
    this.#watch = watch;
    this.#connections = new ConnectionTable(hex(options.handshake.peerId));
    const { port } = server.address() as AddressInfo;
    this.#talk = new ExtensionTalk(
      { ...options, port },
      {
        send: (peer, message) => this.lineTo(peer)?.send(message),
        introduced: (peer, introduction) => {
          options.rates.introduced(peer, introduction.site);
          watch.introduced(peer, introduction);
        },
        located: (peer, address) => this.#locate(peer, address),
        addressTold: (address) => this.#connectTold(address),
      },
    );
    server.off('connection', turnAway).on('connection', (socket) => this.#open(socket, ''));
  }

  /**
   * Whoever comes before there is a torrent is turned away: left alone, he would keep the server from ever closing.
   * Rejects with the system's error where the port is taken. Port 0 takes any free one.
   */
  static async listen(host: string, port: number): Promise<Server> {
    const server = createServer({ noDelay: true }).on('connection', turnAway);
    const listening = Promise.withResolvers<void>();
    server.once('error', listening.reject);
    server.listen(port, host, listening.resolve);
    await listening.promise;
    return server;
  }

  /** @param address `host:port`, IPv6 hosts in brackets; passed over: a name, and one that we are connected to already */
  connect(address: string): void {
    if (!isAddress(address)) return;
    const all = this.#connections.all();
    if (all.some((other) => other.address === address)) return;
    if (all.filter(({ isOurs }) => isOurs).length >= this.#options.neighbours) return;
    const { host, port } = parseAddress(address);
    const localAddress = localAddressTowards(host, this.#options.host);
    let line: PeerSocket | undefined;
    const callback = (bytes: number): boolean => {
      line?.receive(READING.subarray(0, bytes));
      return true;
    };
    const options = { host, port, ...(localAddress ? { localAddress } : {}) };
    line = this.#open(connect({ ...options, onread: { buffer: READING, callback } }), address);
  }

  /**
   * Takes in somebody who is no peer and plays one, under a name of his own.
   * @returns what was made, or undefined where the name is banned
   */
  adopt<Line extends PeerLine>(
    peerId: string,
    make: (watch: PeerWatch & Pick<PeerSocketWatch, 'closed'>) => Line,
  ): Line | undefined {
    if (this.#connections.isBanned({ peerId, from: '' })) return undefined;
    const peer = this.#connections.newPeer();
    const line = make({ ...this.#listenTo(peer), closed: () => this.#leave(peer) });
    this.#connections.add(peer, { line, isOurs: false, from: '', address: '', hasSpoken: true, peerId });
    this.#watch.joined(peer, { hasFast: true });
    return line;
  }

  /** Peers that are connected and have introduced themselves, the adopted among them. */
  get joinedPeers(): number {
    return this.#connections.all().filter(({ peerId }) => peerId !== '').length;
  }

  lineTo(peer: number): PeerLine | undefined {
    return this.#connections.of(peer)?.line;
  }

  /** Hex; empty for a peer that has gone. */
  peerIdOf(peer: number): string {
    return this.#connections.of(peer)?.peerId ?? '';
  }

  /** Whom to ban for what this peer does; empty for one that has gone. */
  identityOf(peer: number): string {
    return this.#connections.identityOf(peer);
  }

  /** Ends the connection and takes no other from this peer. @param identity as `identityOf` gives it */
  ban(identity: string, reason: string): void {
    this.#connections.ban(identity, reason);
  }

  /** Idle connections are not taken for dead ones. */
  keepAlive(): void {
    for (const { line, peerId } of this.#connections.all())
      if (peerId !== '') line.send({ kind: 'keepAlive' });
  }

  /** Tells peers of each other where it is time to (BEP 11); to be called every second or so. */
  exchangePeers(): void {
    this.#talk.ticked(performance.now(), this.#connections.addresses());
  }

  async close(): Promise<void> {
    for (const { line } of this.#connections.all()) line.close('this client stops');
    if (!this.#server.listening) return;
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  /** @param address where we call, empty for a guest */
  #open(socket: Socket, address: string): PeerSocket | undefined {
    const isOurs = address !== '';
    const from = isOurs ? parseAddress(address).host : hostOf(socket.remoteAddress ?? '');
    if (!isOurs && !this.#hasRoomFor(from)) {
      socket.destroy();
      return undefined;
    }
    const peer = this.#connections.newPeer();
    const { handshake, limits, rates } = this.#options;
    const watch: PeerSocketWatch = {
      ...this.#listenTo(peer),
      handshakeReceived: (theirs) => this.#join(peer, theirs, socket),
      closed: () => this.#leave(peer),
    };
    const line = new PeerSocket(socket, { handshake, limits, ...rates.joined(peer), watch });
    this.#connections.add(peer, { line, isOurs, from, address, hasSpoken: false, peerId: '' });
    return line;
  }

  /** For a guest; the longest silent one has to go for it. */
  #hasRoomFor(from: string): boolean {
    const most = this.#options.neighbours + SPARE_GUESTS;
    const mostOfOne = most * SHARE_OF_ONE_ADDRESS;
    if (this.#connections.guests(from) >= mostOfOne) this.#connections.closeSilent(from);
    if (this.#connections.guests(from) >= mostOfOne) return false;
    if (this.#connections.guests() >= most) this.#connections.closeSilent();
    return this.#connections.guests() < most;
  }

  #listenTo(peer: number): PeerWatch {
    const heard = this.#watch.watchOf(peer);
    return {
      ...heard,
      messageReceived: (message) => {
        const connection = this.#connections.of(peer);
        if (connection) connection.hasSpoken = true;
        if (message.kind === 'extended') this.#talk.heard(peer, message, performance.now());
        else heard.messageReceived(message);
      },
    };
  }

  #join(peer: number, theirs: Handshake, socket: Socket): void {
    if (hex(theirs.infoHash) !== hex(this.#options.handshake.infoHash))
      throw new ProtocolError('it wants another torrent');
    this.#connections.name(peer, hex(theirs.peerId));
    if (theirs.hasExtended && socket.remoteAddress !== undefined)
      this.#talk.greet(peer, hostOf(socket.remoteAddress));
    const { address } = this.#connections.of(peer)!;
    if (address !== '') this.#watch.found(address);
    this.#watch.joined(peer, theirs);
  }

  #locate(peer: number, address: string): void {
    const connection = this.#connections.of(peer);
    if (connection?.address !== '') return;
    connection.address = address;
    this.#watch.found(address);
  }

  #connectTold(address: string): void {
    const made = this.#connections.all().filter(({ isOurs }) => isOurs).length;
    if (made < this.#options.neighbours * TOLD_SHARE) this.connect(address);
  }

  #leave(peer: number): void {
    this.#talk.left(peer);
    this.#options.rates.left(peer);
    const address = this.#connections.of(peer)?.address ?? '';
    if (this.#connections.remove(peer)) this.#watch.left(peer);
    // Of two connections to one peer one is closed.
    if (address !== '' && this.#connections.all().every((other) => other.address !== address))
      this.#watch.lost(address);
  }
}

function turnAway(guest: Socket): void {
  guest.destroy();
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
