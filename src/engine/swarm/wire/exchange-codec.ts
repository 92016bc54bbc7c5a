import { type BencodedDictionary, type Encodable, encodeBencode } from '../../bencode.ts';
import { decodeAddresses, encodeAddresses } from './compact-address-codec.ts';
import { decodeDictionary } from './extension-codec.ts';

/** Addresses in one message, at most, for each of the four lists (BEP 11). */
export const MOST_EXCHANGED = 50;

/** What has changed since the last message (BEP 11). */
export interface PeerExchangeMessage {
  readonly added: readonly string[];
  readonly dropped: readonly string[];
}

export function encodeExchange({ added, dropped }: PeerExchangeMessage): Uint8Array {
  const [added4, added6] = byKind(added);
  const [dropped4, dropped6] = byKind(dropped);
  return encodeBencode(
    new Map<string, Encodable>([
      ['added', encodeAddresses(added4)],
      // A byte of flags for each: we know nothing of them that would be of use.
      ['added.f', new Uint8Array(added4.length)],
      ['added6', encodeAddresses(added6)],
      ['added6.f', new Uint8Array(added6.length)],
      ['dropped', encodeAddresses(dropped4)],
      ['dropped6', encodeAddresses(dropped6)],
    ]),
  );
}

/**
 * @returns the addresses that are new to the sender, no more of each kind than it may send at a time
 * @throws ProtocolError as `decodeDictionary`
 */
export function decodeAdded(payload: Uint8Array): string[] {
  const dictionary = decodeDictionary(payload);
  return [...addressesIn(dictionary, 'added', 'ipv4'), ...addressesIn(dictionary, 'added6', 'ipv6')];
}

function addressesIn(dictionary: BencodedDictionary, key: string, kind: 'ipv4' | 'ipv6'): string[] {
  const bytes = dictionary.get(key);
  return bytes instanceof Uint8Array ? decodeAddresses(bytes, kind).slice(0, MOST_EXCHANGED) : [];
}

/** IPv4, then IPv6. */
function byKind(addresses: readonly string[]): [string[], string[]] {
  const isSix = (address: string): boolean => address.startsWith('[');
  return [addresses.filter((address) => !isSix(address)), addresses.filter(isSix)];
}
