import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A way to a TCP server that can be cut and mended. */
export interface ARelay {
  readonly port: number;
  /** Whoever comes is turned away, until so many have been, and all who are there. */
  cut(turnedAway: number): void;
}

export async function aRelay(toPort: number): Promise<ARelay> {
  const sockets = new Set<Socket>();
  let left = 0;
  const relay = createServer((socket) => {
    if (left > 0) {
      left--;
      socket.destroy();
      return;
    }
    const onward = connect(toPort, '127.0.0.1');
    for (const end of [socket, onward]) {
      sockets.add(end);
      end.on('close', () => sockets.delete(end));
      end.on('error', () => {});
    }
    socket.pipe(onward).pipe(socket);
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  onTestFinished(() => {
    relay.close();
    for (const socket of sockets) socket.destroy();
  });
  return {
    port: (relay.address() as AddressInfo).port,
    cut(turnedAway) {
      left = turnedAway;
      for (const socket of sockets) socket.destroy();
    },
  };
}
