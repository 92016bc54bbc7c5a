import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { type BootFile, MemoryBootFile } from '../../../src/engine/tftp/boot-file.ts';
import {
  BootFileServer,
  type BootFileServerOptions,
  type TransferEnded,
} from '../../../src/engine/tftp/boot-file-server.ts';
import type { Packet } from '../../../src/engine/tftp/packet.ts';
import { decodePacket, encodePacket } from '../../../src/engine/tftp/packet-codec.ts';

export const HOST = '127.0.0.1';

/** A server of these files on any free port, and how its transfers ended. */
export async function aBootFileServer(
  files: Record<string, Uint8Array | BootFile>,
  options: Partial<BootFileServerOptions> = {},
) {
  const ended: TransferEnded[] = [];
  const catalogue = new Map(
    Object.entries(files).map(([name, file]) => [
      name,
      file instanceof Uint8Array ? new MemoryBootFile(file) : file,
    ]),
  );
  const server = await BootFileServer.start({
    host: HOST,
    port: 0,
    files: catalogue,
    transferEnded: (transfer) => ended.push(transfer),
    ...options,
  });
  onTestFinished(() => server.close());
  return { server, port: server.port, source: { host: HOST, port: server.port }, ended };
}

/** A client that says what the test wants, packet by packet. */
export class PacketClient {
  readonly #socket: Socket;
  readonly #heard: [Packet, RemoteInfo][] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (datagram, sender) => this.#heard.push([decodePacket(datagram), sender]));
  }

  static async open(address = HOST): Promise<PacketClient> {
    const socket = createSocket('udp4').bind(0, address);
    await once(socket, 'listening');
    onTestFinished(() => {
      socket.close();
    });
    return new PacketClient(socket);
  }

  say(packet: Packet | Uint8Array, port: number): void {
    this.#socket.send(packet instanceof Uint8Array ? packet : encodePacket(packet), port, HOST);
  }

  read(file: string, port: number, options: Record<string, string> = {}, mode = 'octet'): void {
    this.say({ kind: 'read', file, mode, options: new Map(Object.entries(options)) }, port);
  }

  acknowledge(block: number, port: number): void {
    this.say({ kind: 'acknowledgement', block }, port);
  }

  /** What came next, and from which port. */
  async hear(): Promise<{ packet: Packet; port: number }> {
    while (this.#heard.length === 0) await once(this.#socket, 'message');
    const [packet, { port }] = this.#heard.shift()!;
    return { packet, port };
  }

  /** Packets that have come and that nobody has heard. */
  get unheard(): number {
    return this.#heard.length;
  }
}
