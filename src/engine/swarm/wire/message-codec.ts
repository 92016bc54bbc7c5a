import { ProtocolError } from '../../protocol-error.ts';
import { type BlockAddress, MESSAGE_ID, type Message } from './message.ts';

/** Length, number, piece and offset in front of the data of a `piece` message. */
export const PIECE_HEADER_BYTES = 13;

/** A whole message with its length in front. */
export function encodeMessage(message: Message): Uint8Array {
  switch (message.kind) {
    case 'keepAlive':
      return new Uint8Array(4);
    case 'have':
    case 'suggest':
    case 'allowedFast':
      return withNumbers(MESSAGE_ID[message.kind], message.piece);
    case 'request':
    case 'cancel':
    case 'reject':
      return withNumbers(MESSAGE_ID[message.kind], message.piece, message.begin, message.length);
    case 'bitfield':
      return withPayload(MESSAGE_ID.bitfield, message.bits);
    case 'extended':
      return withPayload(MESSAGE_ID.extended, Buffer.concat([Uint8Array.of(message.id), message.payload]));
    default:
      return withNumbers(MESSAGE_ID[message.kind]);
  }
}

/** What stands in front of the data of a block. */
export function encodePieceHeader({ piece, begin, length }: BlockAddress): Uint8Array {
  const header = withNumbers(MESSAGE_ID.piece, piece, begin);
  writeNumber(header, 0, PIECE_HEADER_BYTES - 4 + length);
  return header;
}

/**
 * A message from its number and what follows it; undefined for a number that nobody has to know.
 * @param payload is not kept
 * @throws ProtocolError where the length does not fit the number
 */
export function decodeMessage(id: number, payload: Uint8Array): Message | undefined {
  const kind = KIND_OF.get(id);
  switch (kind) {
    case undefined:
      return undefined;
    case 'have':
    case 'suggest':
    case 'allowedFast':
      expectLength(kind, payload, 4);
      return { kind, piece: readNumber(payload, 0) };
    case 'request':
    case 'cancel':
    case 'reject':
      expectLength(kind, payload, 12);
      return {
        kind,
        piece: readNumber(payload, 0),
        begin: readNumber(payload, 4),
        length: readNumber(payload, 8),
      };
    case 'bitfield':
      return { kind, bits: new Uint8Array(payload) };
    case 'extended':
      if (payload.length === 0) throw new ProtocolError('an extended message without a number');
      return { kind, id: payload[0]!, payload: new Uint8Array(payload.subarray(1)) };
    default:
      expectLength(kind, payload, 0);
      return { kind };
  }
}

type Kind = Exclude<Message['kind'], 'keepAlive'>;

const KIND_OF = new Map<number, Kind>(
  Object.entries(MESSAGE_ID).flatMap(([kind, id]) => (kind === 'piece' ? [] : [[id, kind as Kind]])),
);

function expectLength(kind: string, payload: Uint8Array, length: number): void {
  if (payload.length !== length)
    throw new ProtocolError(`${kind} with ${payload.length} bytes instead of ${length}`);
}

function withNumbers(id: number, ...numbers: number[]): Uint8Array {
  const bytes = new Uint8Array(5 + 4 * numbers.length);
  writeNumber(bytes, 0, bytes.length - 4);
  bytes[4] = id;
  for (const [place, value] of numbers.entries()) writeNumber(bytes, 5 + 4 * place, value);
  return bytes;
}

function withPayload(id: number, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(5 + payload.length);
  writeNumber(bytes, 0, 1 + payload.length);
  bytes[4] = id;
  bytes.set(payload, 5);
  return bytes;
}

/** 32 bits, the highest first. */
export function readNumber(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

function writeNumber(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}
