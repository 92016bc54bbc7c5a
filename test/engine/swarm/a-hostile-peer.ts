import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { encodeHandshake, HANDSHAKE_BYTES } from '../../../src/engine/swarm/wire/handshake-codec.ts';
import type { BlockAddress, Message } from '../../../src/engine/swarm/wire/message.ts';
import { encodeMessage, encodePieceHeader } from '../../../src/engine/swarm/wire/message-codec.ts';
import { MessageParser } from '../../../src/engine/swarm/wire/message-parser.ts';

/** Whom a hostile peer calls, and as whom. */
export interface Target {
  readonly host: string;
  readonly port: number;
  /** Hex. */
  readonly infoHash: string;
  readonly pieces: number;
}

let named = 0;

/** A bare connection to a client, with which a test may do what no client would. */
export class HostilePeer {
  static readonly #open = new Set<HostilePeer>();
  readonly socket: Socket;
  readonly target: Target;
  isClosed = false;

  /** @param from address that it comes from */
  constructor(target: Target, from?: string) {
    this.target = target;
    this.socket = connect({ host: target.host, port: target.port, ...(from && { localAddress: from }) });
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      this.isClosed = true;
      HostilePeer.#open.delete(this);
    });
    HostilePeer.#open.add(this);
    onTestFinished(() => {
      this.socket.destroy();
    });
  }

  /** What all of them have written and the system has not taken: memory of theirs, in the process of a test. */
  static unsentBytes(): number {
    return [...HostilePeer.#open].reduce((sum, { socket }) => sum + socket.writableLength, 0);
  }

  write(...parts: Uint8Array[]): void {
    this.socket.write(Buffer.concat(parts));
  }

  say(...messages: Message[]): void {
    this.write(...messages.map(encodeMessage));
  }

  /** Throws away all that it is told. */
  ignore(): this {
    this.socket.resume();
    return this;
  }

  /** Says who it is, every time somebody else where it is given no name. @param name of 12 letters */
  introduce(infoHash = this.target.infoHash, name = String(named++).padStart(12, '0')): this {
    const peerId = Buffer.from(`-XX0001-${name}`);
    this.write(
      encodeHandshake({ infoHash: Buffer.from(infoHash, 'hex'), peerId, hasFast: true, hasExtended: true }),
    );
    return this;
  }

  /** Answers requests. */
  answer(onRequest: (block: BlockAddress) => void): this {
    return this.hear((message) => (message.kind === 'request' ? onRequest(message) : undefined));
  }

  hear(messageReceived: (message: Message) => void): this {
    const parser = new MessageParser(
      {
        messageReceived,
        blockAnnounced: () => undefined,
        blockReceived: () => {},
      },
      { messageBytes: 2 ** 20, blockBytes: 2 ** 20 },
    );
    let early = HANDSHAKE_BYTES;
    this.socket.on('data', (chunk: Buffer) => {
      const skipped = Math.min(early, chunk.length);
      early -= skipped;
      parser.push(chunk.subarray(skipped));
    });
    return this;
  }

  sendBlock(block: BlockAddress, data: Uint8Array): void {
    this.write(encodePieceHeader(block), data);
  }

  /** Resolves when the client has hung up. */
  async closed(): Promise<void> {
    if (!this.isClosed) await new Promise((resolve) => this.socket.once('close', resolve));
  }
}
