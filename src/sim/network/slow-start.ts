import type { Simulation } from '../kernel/simulation.ts';
import type { FlowNetwork, Transfer } from './flow-network.ts';
import type { TcpModel } from './tcp-model.ts';

/** The window of a connection [byte], and since when nothing has been sent [s]. */
interface Connection {
  windowBytes: number;
  idleSinceS: number;
}

/** A transfer that a window may hold up. */
interface Held {
  readonly connection: Connection;
  /** Most that the path carries [byte/s], and most that the connection does: no window is needed above the lower. */
  readonly enoughBps: number;
  readonly capBps: number;
}

/**
 * Windows of connections that begin small: in each round trip of a transfer its connection sends one window, and twice
 * as much in the next (RFC 5681, section 3.1, counting bytes as in RFC 3465), until the path carries no more. A
 * connection that was idle for longer than the timeout begins anew (RFC 5681, section 4.1).
 */
export class SlowStart {
  readonly #simulation: Simulation;
  readonly #network: FlowNetwork;
  readonly #tcp: TcpModel;
  readonly #roundTripS: number;
  /** By pair of peers. */
  readonly #connections = new Map<number, Connection>();
  /** By flow. */
  readonly #held = new Map<number, Held>();
  readonly #doublings = new Map<number, number>();

  constructor(place: { simulation: Simulation; network: FlowNetwork; tcp: TcpModel; roundTripS: number }) {
    this.#simulation = place.simulation;
    this.#network = place.network;
    this.#tcp = place.tcp;
    this.#roundTripS = place.roundTripS;
  }

  /**
   * A transfer is about to start on the flow.
   * @param pair a number for its sender and receiver, whose connection it uses; undefined for a connection of its own
   * @returns most that it carries at first [byte/s]
   */
  begin(flow: number, pair: number | undefined, { path, capBps }: Omit<Transfer, 'bytes'>): number {
    const connection = this.#connectionOf(pair);
    const held = { connection, capBps, enoughBps: Math.min(capBps, this.#network.narrowest(path)) };
    this.#held.set(flow, held);
    const doubling = this.#doublings.get(flow) ?? this.#simulation.open(this.#double, flow);
    this.#doublings.set(flow, doubling);
    if (this.#isFull(held)) return capBps;
    this.#simulation.schedule(doubling, this.#simulation.now + this.#roundTripS);
    return connection.windowBytes / this.#roundTripS;
  }

  /** The transfer on the flow is over, or was cut off. */
  end(flow: number): void {
    const held = this.#held.get(flow);
    if (!held) return;
    held.connection.idleSinceS = this.#simulation.now;
    this.#held.delete(flow);
    this.#simulation.cancel(this.#doublings.get(flow)!);
  }

  #connectionOf(pair: number | undefined): Connection {
    const { now } = this.#simulation;
    const known = pair === undefined ? undefined : this.#connections.get(pair);
    if (known && now - known.idleSinceS <= this.#roundTripS + this.#tcp.timeoutS) return known;
    const connection = { windowBytes: this.#tcp.firstWindowBytes, idleSinceS: now };
    if (pair !== undefined) this.#connections.set(pair, connection);
    return connection;
  }

  readonly #double = (flow: number): void => {
    const held = this.#held.get(flow)!;
    held.connection.windowBytes *= 2;
    if (this.#isFull(held)) return this.#network.setCap(flow, held.capBps);
    this.#network.setCap(flow, held.connection.windowBytes / this.#roundTripS);
    this.#simulation.schedule(this.#doublings.get(flow)!, this.#simulation.now + this.#roundTripS);
  };

  #isFull({ connection, enoughBps }: Held): boolean {
    return connection.windowBytes >= enoughBps * this.#roundTripS;
  }
}
