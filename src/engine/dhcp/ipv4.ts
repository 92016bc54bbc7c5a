import ipaddr from 'ipaddr.js';

/** An IPv4 address as text, such as `10.0.0.1`. */
export type Ipv4 = string;

export const NO_ADDRESS: Ipv4 = '0.0.0.0';
/** Everybody on this link (RFC 919, 7). */
export const LIMITED_BROADCAST: Ipv4 = '255.255.255.255';

export const IPV4_BYTES = 4;

/** Four decimal numbers and nothing else: no octal, no short forms. */
export function isIpv4(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text);
}

/** @param at where its four bytes begin */
export function readIpv4(bytes: Uint8Array, at = 0): Ipv4 {
  return bytes.subarray(at, at + IPV4_BYTES).join('.');
}

export function ipv4Bytes(address: Ipv4): Uint8Array {
  return Uint8Array.from(ipaddr.IPv4.parse(address).octets);
}

/** As a number of 32 bits, for ranges. */
export function ipv4Number(address: Ipv4): number {
  const bytes = ipv4Bytes(address);
  return ((bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!) >>> 0;
}

export function ipv4Of(number: number): Ipv4 {
  return [number >>> 24, (number >>> 16) & 255, (number >>> 8) & 255, number & 255].join('.');
}

/** Whether a packet sent to this address reaches one host that is not ourselves. */
export function isHostAddress(address: Ipv4): boolean {
  const range = ipaddr.IPv4.parse(address).range();
  return range === 'private' || range === 'unicast' || range === 'linkLocal' || range === 'carrierGradeNat';
}
