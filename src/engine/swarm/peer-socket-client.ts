import type { Socket } from 'node:net';
import { ProtocolError } from '../protocol-error.ts';
import type { RatePath } from './rate-path.ts';
import { decodeHandshake, encodeHandshake, HANDSHAKE_BYTES, type Handshake } from './wire/handshake-codec.ts';
import type { BlockAddress, Message } from './wire/message.ts';
import { encodeMessage, encodePieceHeader } from './wire/message-codec.ts';
import { type MessageLimits, MessageParser, type MessageSink } from './wire/message-parser.ts';

/** Hears what happens on a connection. */
export interface PeerSocketWatch extends MessageSink {
  /** @throws ProtocolError where we do not want this peer */
  handshakeReceived(handshake: Handshake): void;
  blockSent(bytes: number): void;
  /** A block has no data, and is left out; what is behind it goes on. */
  blockUnreadable(block: BlockAddress, reason: string): void;
  /** Called once, whoever ended it. */
  closed(reason: string): void;
}

/** What goes out behind earlier blocks. */
type Outgoing = OutgoingBlock | { readonly message: Message };

interface OutgoingBlock {
  readonly block: BlockAddress;
  readonly data: Promise<Uint8Array> | Uint8Array;
  readonly giveBack: () => void;
}

export interface PeerSocketOptions {
  readonly handshake: Handshake;
  readonly limits: MessageLimits;
  readonly up: RatePath;
  readonly down: RatePath;
  readonly watch: PeerSocketWatch;
}

/**
 * A peer that says nothing for so many of these in a row is gone, after 135 to 150 s (BEP 3: keep-alives come every two
 * minutes). Looked at now and then: to wind up a timer at every chunk costs more than to read it. Part of a message is not
 * yet anything said, unless so many bytes of it have come since the last look.
 */
const QUIET_MS = 15_000;
const LEAST_SAID_BYTES = 1_024;
const MOST_QUIET = 9;
/** The whole handshake, from the start of the connection: a byte now and then is no handshake. */
const HANDSHAKE_MS = 10_000;
/** A `have` for every piece takes 72 times the room of a bitfield; whoever leaves more than that unread does not read. */
const UNREAD_BITFIELDS = 128;
/** What may wait behind blocks that have not left: a pause rejects a few thousand requests at a time. */
const MOST_BEHIND = 10_000;

/** One TCP connection to a peer: messages go ahead of blocks that have not left, or behind them. */
export class PeerSocket {
  readonly #socket: Socket;
  readonly #options: PeerSocketOptions;
  readonly #parser: MessageParser;
  readonly #outgoing: Outgoing[] = [];
  /** Messages and heads of blocks that were said in this turn. */
  readonly #small: Uint8Array[] = [];
  /** Runs out when the peer has not introduced itself; later on it looks whether the peer has said something. */
  #patience: NodeJS.Timeout;
  /** Bytes since the last look, and messages up to then. */
  #heardBytes = 0;
  #heardMessages = 0;
  #quiet = 0;
  /** Blocks that were handed to the system and that it has not taken; whether it has taken one since we looked last. */
  #waitingBlocks = 0;
  #hasTaken = false;
  #stuck = 0;
  #early: Uint8Array = new Uint8Array(0);
  #isShaken = false;
  #isSending = false;
  #isCorked = false;
  #isClosed = false;

  constructor(socket: Socket, options: PeerSocketOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#parser = new MessageParser(options.watch, options.limits);
    socket.setNoDelay(true);
    this.#patience = setTimeout(() => this.close('it did not introduce itself'), HANDSHAKE_MS);
    socket.on('data', (chunk: Uint8Array) => this.receive(chunk));
    socket.on('error', (error) => this.close(error.message));
    socket.on('close', () => this.close('the connection was closed'));
    this.#write(encodeHandshake(options.handshake));
  }

  send(message: Message): void {
    this.#write(encodeMessage(message));
  }

  sendBehindBlocks(message: Message): void {
    if (this.#outgoing.length >= MOST_BEHIND) return this.close('it asks for more than it takes');
    this.#outgoing.push({ message });
    this.#sendNext();
  }

  sendBlock(
    block: BlockAddress,
    data: Promise<Uint8Array> | Uint8Array,
    giveBack: () => void = () => {},
  ): void {
    // It may fail while others are in front of it, or after the end: nobody listens then.
    if (!(data instanceof Uint8Array)) data.catch(() => {});
    if (this.#isClosed) return giveBack();
    this.#outgoing.push({ block, data, giveBack });
    this.#sendNext();
  }

  /**
   * What has come is not there before the link has carried it. Who has not introduced himself gets no share of a link
   * that others wait for: he is heard at once, and sent away where he is not wanted.
   * @param chunk is not kept: its memory may be used for the next
   */
  receive(chunk: Uint8Array): void {
    this.#heardBytes += chunk.length;
    if (!this.#isShaken || this.#options.down.isFree) return this.#take(chunk);
    const held = Uint8Array.from(chunk);
    this.#socket.pause();
    this.#options.down.carry(held.length).then(() => {
      if (this.#isClosed) return;
      this.#take(held);
      this.#socket.resume();
    });
  }

  close(reason: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#patience);
    this.#parser.stop();
    this.#socket.destroy();
    for (const item of this.#outgoing.splice(0)) if ('block' in item) item.giveBack();
    this.#options.watch.closed(reason);
  }

  /**
   * All that is written in one turn goes out together, and small things as one: each that waits by itself takes ten times
   * its bytes, and a peer that reads nothing can be told much.
   */
  #write(bytes: Uint8Array): void {
    if (this.#isClosed) return;
    this.#cork();
    this.#small.push(bytes);
  }

  #writeData(data: Uint8Array, sent: () => void): void {
    if (this.#isClosed) return;
    this.#cork();
    this.#writeSmall();
    this.#socket.write(data, sent);
  }

  #cork(): void {
    if (this.#isCorked) return;
    this.#isCorked = true;
    this.#socket.cork();
    queueMicrotask(() => {
      this.#isCorked = false;
      if (this.#isClosed) return;
      this.#writeSmall();
      this.#socket.uncork();
      if (this.#socket.writableLength > UNREAD_BITFIELDS * this.#options.limits.messageBytes)
        this.close('it does not read what it is told');
    });
  }

  #writeSmall(): void {
    const small = this.#small.splice(0);
    if (small.length > 0) this.#socket.write(small.length === 1 ? small[0]! : Buffer.concat(small));
  }

  #sendNext(): void {
    while (!this.#isSending && this.#outgoing.length > 0) {
      const next = this.#outgoing.shift()!;
      if ('message' in next) this.send(next.message);
      else this.#sendData(next);
    }
  }

  /** Blocks go out one after the other, each when the link is free for it. */
  #sendData(next: OutgoingBlock): void {
    const { block, data, giveBack } = next;
    if (data instanceof Uint8Array) {
      if (this.#options.up.isFree) return this.#writeBlock(block, data, giveBack);
      this.#isSending = true;
      this.#options.up.carry(block.length).then(() => {
        this.#writeBlock(block, data, giveBack);
        this.#isSending = false;
        this.#sendNext();
      });
      return;
    }
    this.#isSending = true;
    data.then(
      (bytes) => {
        this.#isSending = false;
        if (this.#isClosed) return giveBack();
        this.#outgoing.unshift({ block, data: bytes, giveBack });
        this.#sendNext();
      },
      (error: Error) => {
        giveBack();
        this.#isSending = false;
        if (this.#isClosed) return;
        this.#options.watch.blockUnreadable(block, `the block could not be read: ${error.message}`);
        this.#sendNext();
      },
    );
  }

  #writeBlock(block: BlockAddress, data: Uint8Array, giveBack: () => void): void {
    if (this.#isClosed) return giveBack();
    this.#write(encodePieceHeader(block));
    this.#waitingBlocks++;
    this.#writeData(data, () => {
      this.#waitingBlocks--;
      this.#hasTaken = true;
      giveBack();
      if (!this.#isClosed) this.#options.watch.blockSent(block.length);
    });
  }

  #look(): void {
    const { messages } = this.#parser;
    const hasSpoken = messages !== this.#heardMessages || this.#heardBytes >= LEAST_SAID_BYTES;
    this.#quiet = hasSpoken ? 0 : this.#quiet + 1;
    this.#heardBytes = 0;
    this.#heardMessages = messages;
    if (this.#quiet >= MOST_QUIET) this.close('it was silent for too long');
    // Be it that it goes on talking: what it has asked for and does not read takes a place, and memory.
    this.#stuck = this.#hasTaken || this.#waitingBlocks === 0 ? 0 : this.#stuck + 1;
    this.#hasTaken = false;
    if (this.#stuck >= MOST_QUIET) this.close('it does not read what it has asked for');
  }

  #take(chunk: Uint8Array): void {
    try {
      if (this.#isShaken) this.#parser.push(chunk);
      else this.#shake(chunk);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.close(error.message);
    }
  }

  #shake(chunk: Uint8Array): void {
    const bytes = Buffer.concat([this.#early, chunk]);
    this.#early = bytes;
    if (bytes.length < HANDSHAKE_BYTES) return;
    this.#early = new Uint8Array(0);
    this.#isShaken = true;
    const handshake = decodeHandshake(bytes.subarray(0, HANDSHAKE_BYTES));
    clearTimeout(this.#patience);
    this.#patience = setInterval(() => this.#look(), QUIET_MS);
    this.#options.watch.handshakeReceived(handshake);
    this.#parser.push(bytes.subarray(HANDSHAKE_BYTES));
  }
}
