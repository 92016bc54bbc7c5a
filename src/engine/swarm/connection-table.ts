import { ProtocolError } from '../protocol-error.ts';
import type { PeerLine } from './peer-line.ts';

/** A peer that is connected, or on its way. */
export interface Connection {
  readonly line: PeerLine;
  /** We called it. */
  readonly isOurs: boolean;
  /** The host that the connection comes from or goes to; empty where it is none. */
  readonly from: string;
  /** Where it listens, `host:port`; empty as long as we do not know. */
  address: string;
  /** It has said something beside its name. */
  hasSpoken: boolean;
  /** Hex, once it has introduced itself. */
  peerId: string;
}

/** All connections of one torrent by number: one to a peer, none to the banned. */
export class ConnectionTable {
  readonly #ownId: string;
  readonly #connections = new Map<number, Connection>();
  readonly #banned = new Set<string>();
  #nextPeer = 1;

  /** @param ownId our own peer id, hex */
  constructor(ownId: string) {
    this.#ownId = ownId;
  }

  /** How many guests there are, all or those of one host. */
  guests(from?: string): number {
    let count = 0;
    for (const connection of this.#connections.values())
      if (!connection.isOurs && (from === undefined || connection.from === from)) count++;
    return count;
  }

  /** A number for a connection that is about to be made: numbers are given once. */
  newPeer(): number {
    return this.#nextPeer++;
  }

  add(peer: number, connection: Connection): void {
    this.#connections.set(peer, connection);
  }

  of(peer: number): Connection | undefined {
    return this.#connections.get(peer);
  }

  /** A copy: closing a connection takes it out of the table. */
  all(): Connection[] {
    return [...this.#connections.values()];
  }

  /** @returns whether the peer had joined */
  remove(peer: number): boolean {
    const connection = this.#connections.get(peer);
    return this.#connections.delete(peer) && connection?.peerId !== '';
  }

  /** Where those who have joined listen, as far as we know. */
  addresses(): Map<number, string> {
    const joined = [...this.#connections].filter(
      ([, { peerId, address }]) => peerId !== '' && address !== '',
    );
    return new Map(joined.map(([peer, { address }]) => [peer, address]));
  }

  /**
   * A peer has said who it is.
   * @throws ProtocolError where it is ourselves, banned, or connected already
   */
  name(peer: number, peerId: string): void {
    if (peerId === this.#ownId) throw new ProtocolError('this is our own connection');
    const connection = this.#connections.get(peer)!;
    if (this.isBanned({ peerId, from: connection.from })) throw new ProtocolError('it is banned');
    this.#dropTwin(peerId);
    connection.peerId = peerId;
  }

  /** Who a peer is, for a ban: anybody can take the name of another, but not from its host. Empty for a peer that has gone. */
  identityOf(peer: number): string {
    const connection = this.#connections.get(peer);
    return connection === undefined || connection.peerId === '' ? '' : identityOf(connection);
  }

  isBanned(connection: Pick<Connection, 'peerId' | 'from'>): boolean {
    return this.#banned.has(identityOf(connection));
  }

  /** @param identity as `identityOf` gives it */
  ban(identity: string, reason: string): void {
    if (identity === '') return;
    this.#banned.add(identity);
    for (const connection of this.all())
      if (identityOf(connection) === identity) connection.line.close(reason);
  }

  /** Makes room: the longest silent guest has to go, of all or of one host. */
  closeSilent(from?: string): void {
    const guest = this.all().find(
      (other) => !other.isOurs && !other.hasSpoken && (from === undefined || other.from === from),
    );
    guest?.line.close('it says nothing while others wait');
  }

  /** Two peers may connect to each other at once: both keep the connection that the greater peer id began. */
  #dropTwin(id: string): void {
    const isOursKept = this.#ownId > id;
    for (const { peerId, line, isOurs } of this.all()) {
      if (peerId !== id) continue;
      if (isOurs === isOursKept) throw new ProtocolError('we are connected already');
      line.close('we are connected twice');
    }
  }
}

function identityOf({ peerId, from }: Pick<Connection, 'peerId' | 'from'>): string {
  return `${peerId} ${from}`;
}
