import {
  type Arbitrary,
  array,
  boolean,
  constantFrom,
  integer,
  nat,
  record,
  string,
  tuple,
  uint8Array,
} from 'fast-check';
import { ipv4Of } from '../../../src/engine/dhcp/ipv4.ts';
import { OPTION } from '../../../src/engine/dhcp/option-code.ts';
import type { DhcpPacket } from '../../../src/engine/dhcp/packet.ts';

const anyAddress = integer({ min: 0, max: 0xffff_ffff }).map(ipv4Of);

/** Of printable characters, so that no NUL ends it. */
const anyText = (maxLength: number) => string({ unit: 'grapheme-ascii', maxLength });

const FIXED: ReadonlySet<number> = new Set([
  OPTION.requestedAddress,
  OPTION.leaseTime,
  OPTION.overload,
  OPTION.messageType,
  OPTION.serverIdentifier,
]);

/** Codes whose values may be anything; up to 600 bytes, so that some come in parts. */
const anyOption = tuple(
  integer({ min: 1, max: 254 }).filter((code) => !FIXED.has(code)),
  uint8Array({ maxLength: 600 }),
);

/** Any packet that can be sent. */
export const anyPacket: Arbitrary<DhcpPacket> = record({
  op: constantFrom('request' as const, 'reply' as const),
  hardwareType: nat(255),
  hardwareAddress: uint8Array({ maxLength: 16 }),
  hops: nat(255),
  transactionId: integer({ min: 0, max: 0xffff_ffff }),
  secs: nat(65_535),
  isBroadcast: boolean(),
  clientAddress: anyAddress,
  yourAddress: anyAddress,
  nextServer: anyAddress,
  relayAddress: anyAddress,
  serverName: anyText(64),
  bootFile: anyText(128),
  options: tuple(nat(255), array(anyOption, { maxLength: 12 })).map(
    ([type, options]) => new Map([[OPTION.messageType as number, Uint8Array.of(type)], ...options]),
  ),
});
