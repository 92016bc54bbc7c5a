import { ProtocolError } from '../protocol-error.ts';
import { BLOCK_NUMBERS, DATA_HEADER_BYTES, OPERATION, type Options, type Packet } from './packet.ts';

/**
 * Reads a datagram. Firmware pads its requests with zeros and leaves out the zero behind a message: both are taken.
 * @param datagram the bytes of a `data` packet are a view of it
 * @throws ProtocolError where it is none of TFTP's
 */
export function decodePacket(datagram: Uint8Array): Packet {
  if (datagram.length < 2) throw new ProtocolError('a datagram without an operation');
  const operation = readNumber(datagram, 0);
  switch (operation) {
    case OPERATION.read:
    case OPERATION.write: {
      const [file = '', mode = '', ...rest] = terminatedWords(datagram);
      if (file === '' || mode === '') throw new ProtocolError('a request without a file or a mode');
      const kind = operation === OPERATION.read ? 'read' : 'write';
      return { kind, file, mode: mode.toLowerCase(), options: optionsOf(rest) };
    }
    case OPERATION.data:
      return { kind: 'data', block: numberOf(datagram), bytes: datagram.subarray(DATA_HEADER_BYTES) };
    case OPERATION.acknowledgement:
      return { kind: 'acknowledgement', block: numberOf(datagram) };
    case OPERATION.error:
      return { kind: 'error', code: numberOf(datagram), message: text(datagram.subarray(4)).split('\0')[0]! };
    case OPERATION.optionAck:
      return { kind: 'optionAck', options: optionsOf(terminatedWords(datagram)) };
    default:
      throw new ProtocolError(`a datagram with the operation ${operation}`);
  }
}

/** A datagram that says this. Words must not hold zeros. */
export function encodePacket(packet: Packet): Buffer {
  switch (packet.kind) {
    case 'read':
    case 'write':
      return withWords(OPERATION[packet.kind], [packet.file, packet.mode, ...[...packet.options].flat()]);
    case 'data':
      return Buffer.concat([numbers(OPERATION.data, packet.block), packet.bytes]);
    case 'acknowledgement':
      return numbers(OPERATION.acknowledgement, packet.block);
    case 'error':
      return Buffer.concat([numbers(OPERATION.error, packet.code), Buffer.from(`${packet.message}\0`)]);
    case 'optionAck':
      return withWords(OPERATION.optionAck, [...packet.options].flat());
  }
}

/** Makes `packet` the header of a `data` packet; the bytes stand behind it. */
export function writeDataHeader(packet: Uint8Array, block: number): void {
  packet[0] = 0;
  packet[1] = OPERATION.data;
  packet[2] = block >>> 8;
  packet[3] = block;
}

function numberOf(datagram: Uint8Array): number {
  if (datagram.length < 4) throw new ProtocolError('a datagram without its number');
  return readNumber(datagram, 2);
}

function readNumber(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

/** What stands behind the operation, cut at zeros; what no zero ends is left out. */
function terminatedWords(datagram: Uint8Array): string[] {
  return text(datagram.subarray(2)).split('\0').slice(0, -1);
}

/** Of an option that is named twice the first counts; RFC 2347 allows one. */
function optionsOf(words: readonly string[]): Options {
  const options = new Map<string, string>();
  for (let at = 0; at + 1 < words.length && words[at] !== ''; at += 2) {
    const name = words[at]!.toLowerCase();
    if (!options.has(name)) options.set(name, words[at + 1]!);
  }
  return options;
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
}

function numbers(operation: number, number: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt16BE(operation, 0);
  bytes.writeUInt16BE(number % BLOCK_NUMBERS, 2);
  return bytes;
}

function withWords(operation: number, words: readonly string[]): Buffer {
  return Buffer.concat([Buffer.of(0, operation), Buffer.from(words.map((word) => `${word}\0`).join(''))]);
}
