import type { Simulation } from '../kernel/simulation.ts';
import type { FlowNetwork, Transfer } from './flow-network.ts';
import type { TcpModel } from './tcp-model.ts';

/** Who sends to whom, over the connection that they have or over a new one of its own. */
export interface Route {
  readonly sender: number;
  readonly receiver: number;
  readonly isNew: boolean;
}

/** The window of a connection [byte], and since when nothing has been sent [s]. */
interface Connection {
  readonly route: Route;
  windowBytes: number;
  idleSinceS: number;
  /** How long it has to send until its window is sent, and grows [s]; as of when a transfer began or ended last. */
  leftS: number;
}

/** A transfer that a window may hold up. */
interface Held {
  readonly connection: Connection;
  /**
   * Most that the path carries as a rule [byte/s], and most that the connection does: no window is needed above the lower
   * one.
   */
  readonly enoughBps: number;
  readonly capBps: number;
  /** When the window grows [s]; undefined once it is large enough. */
  growsAtS: number | undefined;
}

/**
 * Windows of connections that begin small: in each round trip in which it sends, a connection sends one window, and
 * twice as much in the next (RFC 5681, section 3.1, counting bytes as in RFC 3465), until the path carries no more. One
 * transfer goes on where the one before stood in its window; a connection that was idle for longer than the timeout
 * begins anew (RFC 5681, section 4.1), as does one that had to send again after a timeout (section 3.1).
 */
export class SlowStart {
  readonly #simulation: Simulation;
  readonly #network: FlowNetwork;
  readonly #tcp: TcpModel;
  readonly #roundTripS: number;
  /** Peers: to number pairs of them. */
  readonly #peers: number;
  /** By pair of peers. */
  readonly #connections = new Map<number, Connection>();
  /** By flow. */
  readonly #held = new Map<number, Held>();
  readonly #doublings = new Map<number, number>();

  constructor(place: {
    simulation: Simulation;
    network: FlowNetwork;
    tcp: TcpModel;
    roundTripS: number;
    peers: number;
  }) {
    this.#simulation = place.simulation;
    this.#network = place.network;
    this.#tcp = place.tcp;
    this.#roundTripS = place.roundTripS;
    this.#peers = place.peers;
  }

  /** A transfer is about to start on the flow. @returns most that it carries at first [byte/s] */
  begin(flow: number, route: Route, { path, capBps }: Omit<Transfer, 'bytes'>): number {
    const connection = this.#connectionOf(route);
    const enoughBps = Math.min(capBps, this.#network.narrowest(path));
    const held = { connection, capBps, enoughBps, growsAtS: undefined };
    this.#held.set(flow, held);
    if (!this.#doublings.has(flow)) this.#doublings.set(flow, this.#simulation.open(this.#double, flow));
    return this.#goOn(flow, held);
  }

  /** The transfer on the flow is over, or was cut off. */
  end(flow: number): void {
    const held = this.#held.get(flow);
    if (!held) return;
    const { connection, growsAtS } = held;
    const { now } = this.#simulation;
    connection.idleSinceS = now;
    if (growsAtS !== undefined) connection.leftS = growsAtS - now;
    this.#held.delete(flow);
    this.#simulation.cancel(this.#doublings.get(flow)!);
  }

  /** All connections of a peer whose cable is back have waited until they sent again what was lost on it. */
  timedOut(peer: number): void {
    for (const connection of this.#connections.values())
      if (isOf(connection, peer)) this.#beginAnew(connection);
    for (const [flow, held] of this.#held) {
      if (!isOf(held.connection, peer)) continue;
      this.#beginAnew(held.connection);
      this.#network.setCap(flow, this.#goOn(flow, held));
    }
  }

  #connectionOf(route: Route): Connection {
    const { now } = this.#simulation;
    const pair = route.sender * this.#peers + route.receiver;
    const known = route.isNew ? undefined : this.#connections.get(pair);
    if (known && now - known.idleSinceS <= this.#roundTripS + this.#tcp.timeoutS) return known;
    const connection = { route, windowBytes: 0, idleSinceS: now, leftS: 0 };
    this.#beginAnew(connection);
    if (!route.isNew) this.#connections.set(pair, connection);
    return connection;
  }

  #beginAnew(connection: Connection): void {
    connection.windowBytes = this.#tcp.firstWindowBytes;
    connection.leftS = this.#roundTripS;
  }

  readonly #double = (flow: number): void => {
    const held = this.#held.get(flow)!;
    held.connection.windowBytes *= 2;
    held.connection.leftS = this.#roundTripS;
    this.#network.setCap(flow, this.#goOn(flow, held));
  };

  /** Sends the rest of a window. @returns most that the transfer carries until its window grows [byte/s] */
  #goOn(flow: number, held: Held): number {
    const { connection, capBps } = held;
    held.growsAtS = this.#isFull(held) ? undefined : this.#simulation.now + connection.leftS;
    if (held.growsAtS === undefined) return capBps;
    this.#simulation.schedule(this.#doublings.get(flow)!, held.growsAtS);
    return connection.windowBytes / this.#roundTripS;
  }

  #isFull({ connection, enoughBps }: Held): boolean {
    return connection.windowBytes >= enoughBps * this.#roundTripS;
  }
}

function isOf({ route }: Connection, peer: number): boolean {
  return route.sender === peer || route.receiver === peer;
}
