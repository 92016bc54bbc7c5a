import type { RemoteInfo, Socket } from 'node:dgram';
import { once } from 'node:events';
import { ProtocolError } from '../protocol-error.ts';
import type { AnswerWatch } from './answer-watch.ts';
import type { BootFile, BootFileCursor } from './boot-file.ts';
import { DATA_HEADER_BYTES, ERROR_CODE, type Packet } from './packet.ts';
import { decodePacket, encodePacket, writeDataHeader } from './packet-codec.ts';
import { Transfer } from './transfer.ts';
import type { TransferEffect, TransferOutcome } from './transfer-effect.ts';
import type { TransferTerms } from './transfer-terms.ts';

/** Where a client is. */
export interface ClientAddress {
  readonly address: string;
  readonly port: number;
}

/** What one transfer is about. */
export interface TransferTask {
  readonly client: ClientAddress;
  readonly file: BootFile;
  readonly terms: TransferTerms;
}

const FOREIGN = encodePacket({
  kind: 'error',
  code: ERROR_CODE.UNKNOWN_TRANSFER,
  message: 'Unknown transfer ID',
});

/** Clients that have answered so soon are near enough to look for their answers, so long at most [ms]. */
const [NEAR_MS, LOOK_MS] = [0.2, 0.4];

/** The shell around one transfer: a socket of its own, the bytes of the file, and the clock. */
export class TransferServer {
  readonly #task: TransferTask;
  readonly #socket: Socket;
  readonly #watch: AnswerWatch;
  readonly #cursor: BootFileCursor;
  readonly #transfer: Transfer;
  readonly #ended = Promise.withResolvers<TransferOutcome>();
  /** Used for one block after the other: the kernel takes a copy. */
  #packet: Buffer;
  /** The place for the block in `#packet`. */
  #block: Buffer;
  /** When the client has acknowledged something last [ms, `performance.now()`]. */
  #heardAtMs = Number.NEGATIVE_INFINITY;
  #readFailure: string | undefined;
  /** Changes when other blocks are to be sent than those that wait for the disk. */
  #sending = 0;

  /** @param socket of its own for this transfer, not bound yet; it is closed when the transfer is over */
  constructor(task: TransferTask, socket: Socket, watch: AnswerWatch) {
    const { file, terms } = task;
    this.#task = task;
    this.#socket = socket;
    this.#watch = watch;
    this.#cursor = file.open();
    this.#transfer = new Transfer(terms, file.sizeBytes, (effect) => this.#perform(effect));
    [this.#packet, this.#block] = newPacket(terms.blockBytes);
  }

  /** Resolves when it is over; never rejects: whatever goes wrong ends this transfer only. */
  get ended(): Promise<TransferOutcome> {
    return this.#ended.promise;
  }

  /** The client has shown that it is there. */
  get hasHeard(): boolean {
    return this.#transfer.hasHeard;
  }

  /** Why the file could not be read; undefined where it could. */
  get readFailure(): string | undefined {
    return this.#readFailure;
  }

  get heardAtMs(): number {
    return this.#heardAtMs;
  }

  /** Binds the socket to any free port and begins. */
  async start(host: string): Promise<void> {
    const socket = this.#socket;
    const listening = once(socket, 'listening');
    socket.bind({ address: host, port: 0, exclusive: true });
    await listening.catch(() => this.close());
    socket.on('message', (datagram, sender) => this.#received(datagram, sender));
    // A datagram that cannot be sent is as good as one that is lost.
    socket.on('error', () => {});
    this.#transfer.handle({ kind: 'begun', atMs: performance.now() });
  }

  clockTicked(atMs: number): void {
    this.#transfer.handle({ kind: 'clockTicked', atMs });
  }

  /** Ends it without a word. */
  close(): void {
    this.#transfer.handle({ kind: 'stopped' });
  }

  #received(datagram: Buffer, { address, port }: RemoteInfo): void {
    const { client } = this.#task;
    const packet = readable(datagram);
    // Forged: nothing can be sent there.
    if (port === 0) return;
    if (port !== client.port || address !== client.address) {
      // An error is never answered, or two programs could go on for ever.
      if (packet?.kind !== 'error') this.#socket.send(FOREIGN, port, address);
      return;
    }
    if (packet?.kind === 'acknowledgement') this.#acknowledged(packet.block, performance.now());
    else if (packet?.kind === 'error') this.#transfer.handle({ kind: 'errorReceived' });
  }

  #acknowledged(block: number, atMs: number): void {
    this.#heardAtMs = atMs;
    this.#transfer.handle({ kind: 'acknowledged', block, atMs });
    const { shortestAnswerMs = Infinity } = this.#transfer;
    if (shortestAnswerMs <= NEAR_MS) this.#watch.lookUntil(atMs + LOOK_MS);
  }

  #perform(effect: TransferEffect): void {
    switch (effect.kind) {
      case 'sendOptionAck':
        return this.#send(encodePacket({ kind: 'optionAck', options: effect.options }));
      case 'sendError':
        return this.#send(encodePacket({ ...effect, kind: 'error' }));
      case 'sendBlocks':
        return this.#sendBlocks(effect.first, effect.count);
      case 'finish':
        return this.#end(effect.outcome);
    }
  }

  /** Sends what is in memory, and the rest when the disk has brought it. */
  #sendBlocks(first: number, count: number): void {
    this.#sending++;
    const { blockBytes } = this.#task.terms;
    const { sizeBytes } = this.#task.file;
    for (let block = first; block < first + count; block++) {
      const offset = (block - 1) * blockBytes;
      const bytes = Math.min(blockBytes, sizeBytes - offset);
      const into = bytes === blockBytes ? this.#block : this.#block.subarray(0, bytes);
      if (!this.#cursor.read(offset, into)) {
        this.#sendBlocksWhenRead(block, first + count - block);
        return;
      }
      writeDataHeader(this.#packet, block);
      this.#send(bytes === blockBytes ? this.#packet : this.#packet.subarray(0, DATA_HEADER_BYTES + bytes));
      // A datagram that waits in the socket is read from this memory later.
      if (this.#socket.getSendQueueCount() > 0) [this.#packet, this.#block] = newPacket(blockBytes);
    }
  }

  async #sendBlocksWhenRead(first: number, count: number): Promise<void> {
    const sending = this.#sending;
    const { blockBytes } = this.#task.terms;
    const offset = (first - 1) * blockBytes;
    try {
      await this.#cursor.bring(offset, Math.min(count * blockBytes, this.#task.file.sizeBytes - offset));
    } catch (error) {
      this.#readFailure = (error as Error).message;
      this.#transfer.handle({ kind: 'readFailed' });
    }
    if (sending === this.#sending) this.#sendBlocks(first, count);
  }

  #send(datagram: Buffer): void {
    const { address, port } = this.#task.client;
    this.#socket.send(datagram, port, address);
  }

  #end(outcome: TransferOutcome): void {
    this.#sending++;
    this.#cursor.close();
    this.#socket.close();
    this.#ended.resolve(outcome);
  }
}

function newPacket(blockBytes: number): [packet: Buffer, block: Buffer] {
  const packet = Buffer.allocUnsafeSlow(DATA_HEADER_BYTES + blockBytes);
  return [packet, packet.subarray(DATA_HEADER_BYTES)];
}

/** Undefined for what is no TFTP: it is as good as lost. */
function readable(datagram: Uint8Array): Packet | undefined {
  try {
    return decodePacket(datagram);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
