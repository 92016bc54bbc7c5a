import { createSocket, type Socket } from 'node:dgram';
import { RunFailure } from '../../failure.ts';
import type { Endpoint } from './outcome.ts';

export interface UdpSocketOptions extends Endpoint {
  /** Whether others may be bound to the port, too; all of them have to say so. */
  readonly isShared: boolean;
  readonly onMessage?: (bytes: Uint8Array, from: Endpoint) => void;
}

/**
 * A bound socket that may send to everybody.
 * Rejects with a RunFailure (`PORT_TAKEN`, `NO_RIGHTS`) that says what to do.
 */
export async function boundSocket({ address, port, isShared, onMessage }: UdpSocketOptions): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', reuseAddr: isShared });
  if (onMessage) socket.on('message', (bytes, from) => onMessage(bytes, from));
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once('error', reject);
  socket.bind({ address, port }, resolve);
  try {
    await promise;
  } catch (cause) {
    socket.close();
    throw bindFailure(cause as NodeJS.ErrnoException, port);
  }
  socket.off('error', reject);
  socket.setBroadcast(true);
  return socket;
}

/** Rejects with a RunFailure where anybody is bound to the port, even somebody who shares it. */
export async function expectFreePort(port: number): Promise<void> {
  await closeSocket(await boundSocket({ address: '0.0.0.0', port, isShared: false }));
}

export function closeSocket(socket: Socket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.close(resolve);
  return promise;
}

function bindFailure(cause: NodeJS.ErrnoException, port: number): Error {
  switch (cause.code) {
    case 'EADDRINUSE':
      return new RunFailure(
        'PORT_TAKEN',
        `UDP port ${port} is taken on this computer: stop the program that holds it (\`ss -ulpn sport = :${port}\` names it); for DHCP the mode can be \`off\`, too`,
        { cause },
      );
    case 'EACCES':
      return new RunFailure('NO_RIGHTS', `UDP port ${port} needs the rights of root`, { cause });
    default:
      return cause;
  }
}
