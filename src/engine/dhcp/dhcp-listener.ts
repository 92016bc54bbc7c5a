import type { Socket } from 'node:dgram';
import { type Ipv4, NO_ADDRESS } from './ipv4.ts';
import { boundSocket, closeSocket, expectFreePort } from './node-udp-socket.ts';
import { type Arrival, BOOT_SERVER_PORT, type Endpoint, SERVER_PORT } from './outcome.ts';

export interface DhcpListenerOptions {
  /** Our own address on the interface. */
  readonly address: Ipv4;
  /** Whether machines may ask on port 4011, too. */
  readonly isBootServer: boolean;
  readonly onDatagram: (bytes: Uint8Array, arrival: Arrival) => void;
  /** A socket has failed after it was bound. */
  readonly onError: (error: Error) => void;
}

/**
 * The sockets of a DHCP server. Broadcasts are heard by a socket that is bound to any address; what is sent to everybody
 * leaves by the right interface only where the socket is bound to that interface's own address, and fails without a
 * default route where it is not. The latter also hears what is sent to our own address, such as renewals.
 */
export class DhcpListener {
  readonly #sockets: readonly Socket[];
  readonly #sender: Socket;
  readonly #bootServer: Socket | undefined;

  private constructor(
    sockets: readonly [anybody: Socket, own: Socket, bootServer?: Socket],
    onError: (error: Error) => void,
  ) {
    [, this.#sender, this.#bootServer] = sockets;
    this.#sockets = sockets.filter((socket) => socket !== undefined);
    for (const socket of this.#sockets) socket.on('error', onError);
  }

  /** Rejects with a RunFailure where a port is taken, even by a server that would share it. */
  static async open({
    address,
    isBootServer,
    onDatagram,
    onError,
  }: DhcpListenerOptions): Promise<DhcpListener> {
    const heardOn = (port: Arrival['port']) => (bytes: Uint8Array, from: Endpoint) =>
      onDatagram(bytes, { port, from: { address: from.address, port: from.port } });
    const opened: Socket[] = [];
    const bound = async (host: Ipv4, port: Arrival['port']): Promise<Socket> => {
      const socket = await boundSocket({ address: host, port, isShared: true, onMessage: heardOn(port) });
      opened.push(socket);
      return socket;
    };
    try {
      await expectFreePort(SERVER_PORT);
      if (isBootServer) await expectFreePort(BOOT_SERVER_PORT);
      const [anybody, own] = [await bound(NO_ADDRESS, SERVER_PORT), await bound(address, SERVER_PORT)];
      const bootServer = isBootServer ? [await bound(address, BOOT_SERVER_PORT)] : [];
      return new DhcpListener([anybody, own, ...bootServer] as [Socket, Socket, Socket?], onError);
    } catch (error) {
      await Promise.all(opened.map(closeSocket));
      throw error;
    }
  }

  /** @param by the port at which the question came in */
  send(bytes: Uint8Array, to: Endpoint, by: Arrival['port']): Promise<void> {
    const socket = by === BOOT_SERVER_PORT ? this.#bootServer! : this.#sender;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.send(bytes, to.port, to.address, (error) => (error ? reject(error) : resolve()));
    return promise;
  }

  async close(): Promise<void> {
    await Promise.all(this.#sockets.map(closeSocket));
  }
}
