import ipaddr from 'ipaddr.js';
import { addressText, parseAddress } from '../peer-address.ts';

/** Bytes of an address and a port (BEP 23 for IPv4, BEP 7 for IPv6), highest first. */
const COMPACT_BYTES = { ipv4: 6, ipv6: 18 } as const;

/** Addresses of one kind, one behind the other. */
export function encodeAddresses(addresses: readonly string[]): Uint8Array {
  return Buffer.concat(addresses.map(compact));
}

/** What is not a whole address at the end is left out. */
export function decodeAddresses(bytes: Uint8Array, kind: 'ipv4' | 'ipv6'): string[] {
  const length = COMPACT_BYTES[kind];
  return Array.from({ length: Math.floor(bytes.length / length) }, (_, place) => {
    const [start, end] = [place * length, (place + 1) * length];
    const host = ipaddr.fromByteArray([...bytes.subarray(start, end - 2)]).toString();
    return addressText(host, (bytes[end - 2]! << 8) | bytes[end - 1]!);
  });
}

/** An IP address alone: 4 or 16 bytes. */
export function encodeHost(host: string): Uint8Array {
  return Uint8Array.from(ipaddr.process(host).toByteArray());
}

function compact(address: string): Uint8Array {
  const { host, port } = parseAddress(address);
  return Uint8Array.of(...encodeHost(host), port >>> 8, port & 0xff);
}
