import { ProtocolError } from '../../protocol-error.ts';
import { type BlockAddress, MESSAGE_ID, type Message } from './message.ts';
import { decodeMessage, PIECE_HEADER_BYTES, readNumber } from './message-codec.ts';

/** Hears what a parser finds. */
export interface MessageSink {
  messageReceived(message: Message): void;
  /** Where the data of a block is to be put, `length` bytes; undefined: nobody asked for it, it is thrown away. */
  blockAnnounced(block: BlockAddress): Uint8Array | undefined;
  /** The data is in its place, or thrown away. */
  blockReceived(block: BlockAddress): void;
}

/** Longest message that is not a `piece`, and longest block, that we listen to [byte]. */
export interface MessageLimits {
  readonly messageBytes: number;
  readonly blockBytes: number;
}

const LENGTH_BYTES = 4;
/** Room for the start of a message that every parser has: all messages but bitfields and extended ones fit. */
const HEAD_BYTES = 64;

/**
 * Takes the stream of one connection apart, whatever way it is cut into chunks. The data of blocks goes straight to its
 * place: it is copied once and never joined. Memory is bounded by the limits.
 */
export class MessageParser {
  readonly #sink: MessageSink;
  readonly #limits: MessageLimits;
  /** Start of a message whose rest has not come yet. */
  #head = new Uint8Array(HEAD_BYTES);
  #headBytes = 0;
  /** Block whose data is coming in. */
  #block: BlockAddress | undefined;
  #target: Uint8Array | undefined;
  #blockBytes = 0;
  #isStopped = false;
  #messages = 0;

  constructor(sink: MessageSink, limits: MessageLimits) {
    this.#sink = sink;
    this.#limits = limits;
  }

  /**
   * @param chunk is not kept
   * @throws ProtocolError, after which the connection is of no use
   */
  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length && !this.#isStopped; ) {
      at += this.#block ? this.#takeData(chunk, at) : this.#takeHead(chunk, at);
    }
  }

  /** How many have come to their end, those that nobody knows included. */
  get messages(): number {
    return this.#messages;
  }

  /** Nothing more is heard, not even the rest of a chunk that is being taken apart: the peer was dropped. */
  stop(): void {
    this.#isStopped = true;
  }

  /** @returns bytes taken */
  #takeHead(chunk: Uint8Array, at: number): number {
    if (this.#headBytes === 0) {
      const whole = this.#takeWhole(chunk, at);
      if (whole > 0) return whole;
    }
    const wanted = this.#wantedHead();
    const taken = Math.min(wanted - this.#headBytes, chunk.length - at);
    this.#reserve(this.#headBytes + taken, wanted);
    this.#head.set(chunk.subarray(at, at + taken), this.#headBytes);
    this.#headBytes += taken;
    if (this.#headBytes === this.#wantedHead()) this.#finishHead();
    return taken;
  }

  /** A message that lies in the chunk as a whole is read where it is. @returns its bytes, or 0 */
  #takeWhole(chunk: Uint8Array, at: number): number {
    if (chunk.length - at < PIECE_HEADER_BYTES) return 0;
    const length = this.#checkedLength(readNumber(chunk, at), chunk[at + LENGTH_BYTES]!);
    if (length > 0 && chunk[at + LENGTH_BYTES] === MESSAGE_ID.piece) {
      this.#startBlock(chunk.subarray(at, at + PIECE_HEADER_BYTES));
      return PIECE_HEADER_BYTES;
    }
    if (chunk.length - at < LENGTH_BYTES + length) return 0;
    this.#tell(chunk.subarray(at + LENGTH_BYTES, at + LENGTH_BYTES + length));
    return LENGTH_BYTES + length;
  }

  /** Bytes that have to be together before something can be said: the length, the number, then all of it. */
  #wantedHead(): number {
    if (this.#headBytes < LENGTH_BYTES) return LENGTH_BYTES;
    const length = readNumber(this.#head, 0);
    if (length === 0) return LENGTH_BYTES;
    if (this.#headBytes === LENGTH_BYTES) return LENGTH_BYTES + 1;
    const id = this.#head[LENGTH_BYTES]!;
    this.#checkedLength(length, id);
    return id === MESSAGE_ID.piece ? PIECE_HEADER_BYTES : LENGTH_BYTES + length;
  }

  /** Room comes with the bytes: a length alone costs nothing. */
  #reserve(bytes: number, most: number): void {
    if (bytes <= this.#head.length) return;
    const grown = new Uint8Array(Math.min(most, 2 * bytes));
    grown.set(this.#head.subarray(0, this.#headBytes));
    this.#head = grown;
  }

  #finishHead(): void {
    const head = this.#head.subarray(0, this.#headBytes);
    this.#headBytes = 0;
    if (this.#head.length > HEAD_BYTES) this.#head = new Uint8Array(HEAD_BYTES);
    if (head.length > LENGTH_BYTES && head[LENGTH_BYTES] === MESSAGE_ID.piece) this.#startBlock(head);
    else this.#tell(head.subarray(LENGTH_BYTES));
  }

  #checkedLength(length: number, id: number): number {
    const isPiece = length > 0 && id === MESSAGE_ID.piece;
    const most = isPiece
      ? PIECE_HEADER_BYTES - LENGTH_BYTES + this.#limits.blockBytes
      : this.#limits.messageBytes;
    if (length > most) throw new ProtocolError(`a message of ${length} bytes`);
    if (isPiece && length < PIECE_HEADER_BYTES - LENGTH_BYTES)
      throw new ProtocolError('a piece without an address');
    return length;
  }

  #tell(body: Uint8Array): void {
    this.#messages++;
    if (body.length === 0) return this.#sink.messageReceived({ kind: 'keepAlive' });
    const message = decodeMessage(body[0]!, body.subarray(1));
    if (message) this.#sink.messageReceived(message);
  }

  #startBlock(header: Uint8Array): void {
    const length = readNumber(header, 0) - (PIECE_HEADER_BYTES - LENGTH_BYTES);
    const block = { piece: readNumber(header, 5), begin: readNumber(header, 9), length };
    this.#target = this.#sink.blockAnnounced(block);
    if (length === 0) return this.#sink.blockReceived(block);
    this.#block = block;
    this.#blockBytes = 0;
  }

  #takeData(chunk: Uint8Array, at: number): number {
    const block = this.#block!;
    const taken = Math.min(block.length - this.#blockBytes, chunk.length - at);
    this.#target?.set(chunk.subarray(at, at + taken), this.#blockBytes);
    this.#blockBytes += taken;
    if (this.#blockBytes < block.length) return taken;
    this.#block = undefined;
    this.#target = undefined;
    this.#messages++;
    this.#sink.blockReceived(block);
    return taken;
  }
}
