import { type Ipv4, ipv4Bytes, readIpv4 } from './ipv4.ts';
import { MESSAGE_TYPE, type MessageType, OPTION } from './option-code.ts';
import type { DhcpOptions } from './packet.ts';

const TYPE_OF = new Map(Object.entries(MESSAGE_TYPE).map(([type, value]) => [value, type as MessageType]));

/** What kind of message a packet is; undefined: none that we know, or no DHCP at all (BOOTP). */
export function messageTypeOf(options: DhcpOptions): MessageType | undefined {
  return TYPE_OF.get((options.get(OPTION.messageType)?.[0] ?? 0) as (typeof MESSAGE_TYPE)[MessageType]);
}

/** The value of an option that holds one address. */
export function addressOption(options: DhcpOptions, code: number): Ipv4 | undefined {
  const value = options.get(code);
  return value === undefined ? undefined : readIpv4(value);
}

/** The value of an option as text; some clients end it with NUL, which does not belong to it (RFC 2132, 2). */
export function textOption(options: DhcpOptions, code: number): string | undefined {
  const value = options.get(code);
  return value === undefined ? undefined : Buffer.from(value).toString('latin1').replace(/\0+$/, '');
}

/** The numbers of 16 bits that an option holds; none where it is not there. */
export function shortsOption(options: DhcpOptions, code: number): number[] {
  const value = options.get(code) ?? new Uint8Array();
  const count = Math.floor(value.length / 2);
  return Array.from({ length: count }, (_, index) => (value[2 * index]! << 8) | value[2 * index + 1]!);
}

export function addressesValue(...addresses: readonly Ipv4[]): Uint8Array {
  return new Uint8Array(Buffer.concat(addresses.map(ipv4Bytes)));
}

export function textValue(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'));
}

/** 32 bits, the highest first. */
export function numberValue(number: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, number);
  return bytes;
}
