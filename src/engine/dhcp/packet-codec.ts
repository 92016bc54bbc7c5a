import { IPV4_BYTES, ipv4Bytes, readIpv4 } from './ipv4.ts';
import { MalformedPacket } from './malformed-packet.ts';
import { OPTION } from './option-code.ts';
import { collectOptions, encodeOptions, joinOptions, type OptionParts } from './option-codec.ts';
import { BOOT_FILE_BYTES, type DhcpOptions, type DhcpPacket, SERVER_NAME_BYTES } from './packet.ts';

/** Where the fields are (RFC 2131, 2, figure 1). */
const AT = {
  op: 0,
  hardwareType: 1,
  hardwareLength: 2,
  hops: 3,
  transactionId: 4,
  secs: 8,
  flags: 10,
  clientAddress: 12,
  yourAddress: 16,
  nextServer: 20,
  relayAddress: 24,
  hardwareAddress: 28,
  serverName: 44,
  bootFile: 108,
  cookie: 236,
  options: 240,
} as const;

const REQUEST = 1;
const REPLY = 2;
const BROADCAST_FLAG = 0x8000;
const HARDWARE_BYTES = 16;
/** RFC 2131, 3. */
const MAGIC_COOKIE = 0x63825363;
/** Shorter packets get lost on the way through old relay agents (RFC 1542, 2.1). */
const LEAST_BYTES = 300;
/** No link between a machine and us carries more in one frame; what is longer was made to keep us busy. */
const MOST_BYTES = 9_216;
/** RFC 2132, 9.3: which of the two other fields hold options, too. */
const OVERLOAD = { bootFile: 1, serverName: 2, both: 3 } as const;

/**
 * @param bytes payload of a datagram; not kept
 * @throws MalformedPacket with the reason, and nothing else
 */
export function decodePacket(bytes: Uint8Array): DhcpPacket {
  const view = checkedView(bytes);
  const serverName = bytes.subarray(AT.serverName, AT.bootFile);
  const bootFile = bytes.subarray(AT.bootFile, AT.cookie);
  const { options, overload } = decodeOptions(bytes.subarray(AT.options), serverName, bootFile);
  return {
    op: view.getUint8(AT.op) === REQUEST ? 'request' : 'reply',
    hardwareType: view.getUint8(AT.hardwareType),
    hardwareAddress: bytes.slice(AT.hardwareAddress, AT.hardwareAddress + view.getUint8(AT.hardwareLength)),
    hops: view.getUint8(AT.hops),
    transactionId: view.getUint32(AT.transactionId),
    secs: view.getUint16(AT.secs),
    isBroadcast: (view.getUint16(AT.flags) & BROADCAST_FLAG) !== 0,
    clientAddress: readIpv4(bytes, AT.clientAddress),
    yourAddress: readIpv4(bytes, AT.yourAddress),
    nextServer: readIpv4(bytes, AT.nextServer),
    relayAddress: readIpv4(bytes, AT.relayAddress),
    serverName: overload & OVERLOAD.serverName ? '' : textUpToNul(serverName),
    bootFile: overload & OVERLOAD.bootFile ? '' : textUpToNul(bootFile),
    options,
  };
}

function checkedView(bytes: Uint8Array): DataView {
  if (bytes.length < AT.options) {
    throw new MalformedPacket('tooShort', `${bytes.length} bytes, of at least ${AT.options}`);
  }
  if (bytes.length > MOST_BYTES) {
    throw new MalformedPacket('tooLong', `${bytes.length} bytes, of at most ${MOST_BYTES}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const op = view.getUint8(AT.op);
  if (op !== REQUEST && op !== REPLY) throw new MalformedPacket('unknownOp', `op ${op}`);
  const hardwareBytes = view.getUint8(AT.hardwareLength);
  if (hardwareBytes > HARDWARE_BYTES) {
    throw new MalformedPacket('badHardwareLength', `a hardware address of ${hardwareBytes} bytes`);
  }
  if (view.getUint32(AT.cookie) !== MAGIC_COOKIE) {
    throw new MalformedPacket('noMagicCookie', 'options without the magic cookie of DHCP');
  }
  return view;
}

/** The fields follow each other in this order where an option is in several parts (RFC 3396, 5). */
function decodeOptions(
  field: Uint8Array,
  serverName: Uint8Array,
  bootFile: Uint8Array,
): { options: DhcpOptions; overload: number } {
  const parts: OptionParts = new Map();
  collectOptions(field, parts);
  const overload = overloadOf(parts);
  if (overload & OVERLOAD.bootFile) collectOptions(bootFile, parts);
  if (overload & OVERLOAD.serverName) collectOptions(serverName, parts);
  parts.delete(OPTION.overload);
  return { options: joinOptions(parts), overload };
}

function overloadOf(parts: OptionParts): number {
  const found = parts.get(OPTION.overload);
  if (found === undefined) return 0;
  const [value = 0] = found[0]!;
  if (found.length > 1 || found[0]!.length !== 1 || value < OVERLOAD.bootFile || value > OVERLOAD.both) {
    throw new MalformedPacket('badOverload', `option ${OPTION.overload} is not 1, 2 or 3`);
  }
  return value;
}

function textUpToNul(field: Uint8Array): string {
  const end = field.indexOf(0);
  return Buffer.from(field.subarray(0, end < 0 ? field.length : end)).toString('latin1');
}

/**
 * The payload of a datagram: options in the order of sending, padded to what relay agents let through.
 * Throws a RangeError for a text or hardware address that is longer than its field.
 */
export function encodePacket(packet: DhcpPacket): Uint8Array {
  const options = encodeOptions(packet.options);
  const bytes = new Uint8Array(Math.max(LEAST_BYTES, AT.options + options.length));
  const view = new DataView(bytes.buffer);
  view.setUint8(AT.op, packet.op === 'request' ? REQUEST : REPLY);
  view.setUint8(AT.hardwareType, packet.hardwareType);
  view.setUint8(AT.hardwareLength, packet.hardwareAddress.length);
  view.setUint8(AT.hops, packet.hops);
  view.setUint32(AT.transactionId, packet.transactionId);
  view.setUint16(AT.secs, packet.secs);
  view.setUint16(AT.flags, packet.isBroadcast ? BROADCAST_FLAG : 0);
  const put = (value: Uint8Array, at: number, mostBytes: number): void => {
    if (value.length > mostBytes) throw new RangeError(`${value.length} bytes in a field of ${mostBytes}`);
    bytes.set(value, at);
  };
  put(ipv4Bytes(packet.clientAddress), AT.clientAddress, IPV4_BYTES);
  put(ipv4Bytes(packet.yourAddress), AT.yourAddress, IPV4_BYTES);
  put(ipv4Bytes(packet.nextServer), AT.nextServer, IPV4_BYTES);
  put(ipv4Bytes(packet.relayAddress), AT.relayAddress, IPV4_BYTES);
  put(packet.hardwareAddress, AT.hardwareAddress, HARDWARE_BYTES);
  put(Buffer.from(packet.serverName, 'latin1'), AT.serverName, SERVER_NAME_BYTES);
  put(Buffer.from(packet.bootFile, 'latin1'), AT.bootFile, BOOT_FILE_BYTES);
  view.setUint32(AT.cookie, MAGIC_COOKIE);
  bytes.set(options, AT.options);
  return bytes;
}
