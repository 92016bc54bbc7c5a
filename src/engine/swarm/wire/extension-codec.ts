import {
  type Bencoded,
  type BencodedDictionary,
  decodeBencode,
  type Encodable,
  encodeBencode,
} from '../../bencode.ts';
import { ProtocolError } from '../../protocol-error.ts';
import { encodeHost } from './compact-address-codec.ts';

/** The number of the handshake among the extended messages (BEP 10). */
export const HANDSHAKE_NUMBER = 0;
/** The number under which we take messages of peer exchange (BEP 11); any would do. */
export const EXCHANGE_NUMBER = 1;
const EXCHANGE_NAME = 'ut_pex';

/** Longest extended message that we read: a peer exchange of hundreds of addresses, and all handshakes that are known. */
const MOST_BYTES = 16_384;
export const MOST_SITE_BYTES = 64;

/** What a peer tells of itself by its extension handshake, as far as we make use of it. */
export interface Introduction {
  /** Number under which it takes peer exchange, undefined where it does not. */
  readonly exchangeNumber: number | undefined;
  /** Port at which it listens. */
  readonly port: number | undefined;
  /** Label of the place where it is, as our own peers tell each other; empty where it says none. */
  readonly site: string;
  /** It deals: it has everything and shows little of it, as our own peers tell each other. */
  readonly isDealer: boolean;
}

/** What we tell. */
export interface OwnIntroduction {
  readonly exchanges: boolean;
  readonly port: number;
  readonly site: string;
  readonly isDealer: boolean;
  /** Requests that may wait for us to answer them. */
  readonly queuedRequests: number;
  /** The peer's address as we see it. */
  readonly yourHost: string;
}

/** @returns the payload of a message of number 0 */
export function encodeIntroduction(own: OwnIntroduction): Uint8Array {
  const numbers = new Map(own.exchanges ? [[EXCHANGE_NAME, EXCHANGE_NUMBER]] : []);
  const dictionary = new Map<string, Encodable>([
    ['m', numbers],
    ['p', own.port],
    ['reqq', own.queuedRequests],
    ['v', 'Swarmboot'],
    ['yourip', encodeHost(own.yourHost)],
  ]);
  if (own.isDealer) dictionary.set('deals', 1);
  if (own.site !== '') dictionary.set('site', own.site);
  return encodeBencode(dictionary);
}

/**
 * What is missing or not of its kind counts as not said: clients put many things there.
 * @throws ProtocolError where it is no dictionary, or too long
 */
export function decodeIntroduction(payload: Uint8Array): Introduction {
  const dictionary = decodeDictionary(payload);
  const numbers = dictionary.get('m');
  const site = dictionary.get('site');
  return {
    exchangeNumber: numberOf(numbers instanceof Map ? numbers.get(EXCHANGE_NAME) : undefined, 0xff),
    port: numberOf(dictionary.get('p'), 0xffff),
    site: site instanceof Uint8Array && site.length <= MOST_SITE_BYTES ? Buffer.from(site).toString() : '',
    isDealer: dictionary.get('deals') === 1,
  };
}

/** The dictionary that is the payload of an extended message. Throws a ProtocolError where it is none, or too long. */
export function decodeDictionary(payload: Uint8Array): BencodedDictionary {
  if (payload.length > MOST_BYTES) throw new ProtocolError(`an extended message of ${payload.length} bytes`);
  const dictionary = decodeBencode(payload);
  if (!(dictionary instanceof Map)) throw new ProtocolError('an extended message without a dictionary');
  return dictionary;
}

/** From 1 to `most`: 0 means that an extension is switched off. */
function numberOf(value: Bencoded | undefined, most: number): number | undefined {
  return typeof value === 'number' && value >= 1 && value <= most ? value : undefined;
}
