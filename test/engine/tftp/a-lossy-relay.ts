import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { RandomStream } from '../../../src/sim/kernel/random-stream.ts';
import { HOST } from './a-boot-file-server.ts';

/** A relay that loses a share of the datagrams in both directions, by a random seed. */
export async function aLossyRelay(serverPort: number, lossShare: number) {
  const luck = new RandomStream(1, 'loss');
  let lost = 0;
  const relay = await aRelay(serverPort, () => {
    const gone = luck.share() < lossShare;
    if (gone) lost++;
    return gone;
  });
  return { ...relay, lost: () => lost };
}

/**
 * Stands between TFTP clients and the server, and loses what it is told to lose. To a client its port is that of the
 * transfer.
 */
export async function aRelay(serverPort: number, isLost: (datagram: Buffer) => boolean) {
  const front = createSocket('udp4').bind(0, HOST);
  await once(front, 'listening');
  const behind = new Map<number, Promise<Line>>();
  /** By client, in the order of their first words: datagrams that it has sent, as hex. */
  const said = new Map<number, string[]>();
  front.on('message', async (datagram, { port: client }) => {
    const words = said.get(client) ?? [];
    said.set(client, [...words, datagram.toString('hex')]);
    if (isLost(datagram)) return;
    const line = behind.get(client) ?? openLine();
    behind.set(client, line);
    const { socket, transferPort } = await line;
    socket.send(datagram, transferPort, HOST);

    async function openLine(): Promise<Line> {
      const own: Line = { socket: createSocket('udp4').bind(0, HOST), transferPort: serverPort };
      await once(own.socket, 'listening');
      own.socket.on('message', (answer, { port }) => {
        own.transferPort = port;
        if (!isLost(answer)) front.send(answer, client, HOST);
      });
      return own;
    }
  });
  onTestFinished(async () => {
    front.close();
    for (const line of behind.values()) (await line).socket.close();
  });
  return { port: front.address().port, said: () => [...said.values()] };
}

/** What the relay keeps for a client. */
interface Line {
  readonly socket: Socket;
  transferPort: number;
}
