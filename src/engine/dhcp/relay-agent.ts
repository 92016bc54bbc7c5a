import { IPV4_BYTES, type Ipv4, readIpv4 } from './ipv4.ts';
import { OPTION } from './option-code.ts';
import type { DhcpPacket } from './packet.ts';

/** RFC 3527: the network of the client, where it is not that of the relay agent's address. */
const LINK_SELECTION = 5;

/** Sub-options that a relay agent has added (RFC 3046, 2.0), by their codes; one that does not end is left out. */
function relayAgentOptions({ options }: DhcpPacket): ReadonlyMap<number, Uint8Array> {
  const value = options.get(OPTION.relayAgent) ?? new Uint8Array();
  const found = new Map<number, Uint8Array>();
  for (let at = 0; at + 1 < value.length; ) {
    const end = at + 2 + value[at + 1]!;
    if (end <= value.length) found.set(value[at]!, value.subarray(at + 2, end));
    at = end;
  }
  return found;
}

/** An address in the network of the client; undefined: the relay agent does not say. */
export function linkAddressOf(packet: DhcpPacket): Ipv4 | undefined {
  const value = relayAgentOptions(packet).get(LINK_SELECTION);
  return value?.length === IPV4_BYTES ? readIpv4(value) : undefined;
}
