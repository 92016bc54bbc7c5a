import { ProtocolError } from '../../protocol-error.ts';

/** BEP 3: a length byte, the name of the protocol, 8 reserved bytes, info hash, peer id. */
export const HANDSHAKE_BYTES = 68;

const PROTOCOL = Buffer.from('\x13BitTorrent protocol', 'latin1');
const RESERVED_AT = 20;
const INFO_HASH_AT = 28;
const PEER_ID_AT = 48;
/** BEP 10, extension protocol: bit 20 from the right. */
const EXTENDED = { byte: RESERVED_AT + 5, bit: 0x10 };
/** BEP 6, fast extension: third least significant bit. */
const FAST = { byte: RESERVED_AT + 7, bit: 0x04 };

/** What two peers tell each other first. */
export interface Handshake {
  /** 20 bytes each. */
  readonly infoHash: Uint8Array;
  readonly peerId: Uint8Array;
  readonly hasFast: boolean;
  readonly hasExtended: boolean;
}

export function encodeHandshake({ infoHash, peerId, hasFast, hasExtended }: Handshake): Uint8Array {
  const bytes = new Uint8Array(HANDSHAKE_BYTES);
  bytes.set(PROTOCOL);
  if (hasExtended) bytes[EXTENDED.byte]! |= EXTENDED.bit;
  if (hasFast) bytes[FAST.byte]! |= FAST.bit;
  bytes.set(infoHash, INFO_HASH_AT);
  bytes.set(peerId, PEER_ID_AT);
  return bytes;
}

/**
 * @param bytes the first 68 bytes of a connection; not kept
 * @throws ProtocolError where they are no handshake
 */
export function decodeHandshake(bytes: Uint8Array): Handshake {
  if (PROTOCOL.compare(bytes, 0, PROTOCOL.length) !== 0) throw new ProtocolError('this is not BitTorrent');
  return {
    infoHash: new Uint8Array(bytes.subarray(INFO_HASH_AT, PEER_ID_AT)),
    peerId: new Uint8Array(bytes.subarray(PEER_ID_AT, HANDSHAKE_BYTES)),
    hasExtended: (bytes[EXTENDED.byte]! & EXTENDED.bit) !== 0,
    hasFast: (bytes[FAST.byte]! & FAST.bit) !== 0,
  };
}
