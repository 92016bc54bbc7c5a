import { type Bencoded, type BencodedDictionary, decodeBencode } from '../../bencode.ts';
import { ProtocolError } from '../../protocol-error.ts';
import { decodeAddresses } from './compact-address-codec.ts';

export type AnnounceEvent = 'started' | 'completed' | 'stopped';

/** What a tracker is told (BEP 3, 23). */
export interface Announcement {
  /** 40 hexadecimal digits. */
  readonly infoHash: string;
  readonly peerId: Uint8Array;
  readonly port: number;
  readonly leftBytes: number;
  readonly downloadedBytes: number;
  /** Peers asked for. */
  readonly wanted: number;
  /** Left out where nothing has happened but time. */
  readonly event?: AnnounceEvent | undefined;
  /** Beyond BEP 3: for trackers that hand out by site; empty for one without a name. */
  readonly site?: string | undefined;
  /** Where we are at our site, whatever a NAT makes of it. */
  readonly ip?: string | undefined;
  /** Beyond BEP 3: addresses of peers that were lost or not reached, `host:port` each. */
  readonly lost?: readonly string[] | undefined;
  /** What the tracker wants to hear again. */
  readonly trackerId?: Uint8Array | undefined;
}

/** What a tracker answers. */
export interface TrackerAnswer {
  /** When it wants to hear of us again [s]. */
  readonly intervalS: number;
  /** It wants to hear nothing before, but for what happens [s]. */
  readonly leastIntervalS: number;
  /** `host:port` each. */
  readonly peers: readonly string[];
  readonly trackerId: Uint8Array | undefined;
}

/** Where a tracker says nothing of use [s]. */
const USUAL_INTERVAL_S = 600;
/** What a tracker may ask for: neither a flood nor silence [s]. */
const [SHORTEST_INTERVAL_S, LONGEST_INTERVAL_S] = [1, 3600];

/** The question to a tracker, as one that HTTP gets. */
export function announceUrl(tracker: string, announcement: Announcement): URL {
  const { infoHash, peerId, port, leftBytes, downloadedBytes, wanted, event, site, ip, lost, trackerId } =
    announcement;
  const query = [
    `info_hash=${escaped(Buffer.from(infoHash, 'hex'))}`,
    `peer_id=${escaped(peerId)}`,
    `port=${port}`,
    'uploaded=0',
    `downloaded=${downloadedBytes}`,
    `left=${leftBytes}`,
    'compact=1',
    `numwant=${wanted}`,
    ...(event ? [`event=${event}`] : []),
    ...(site === undefined ? [] : [`site=${encodeURIComponent(site)}`]),
    ...(ip ? [`ip=${encodeURIComponent(ip)}`] : []),
    ...(lost && lost.length > 0 ? [`lost=${encodeURIComponent(lost.join(','))}`] : []),
    ...(trackerId ? [`trackerid=${escaped(trackerId)}`] : []),
  ];
  return new URL(`${tracker}${tracker.includes('?') ? '&' : '?'}${query.join('&')}`);
}

/** Bytes in a query: a percent sign and two digits each, which RFC 3986 lets all be. */
function escaped(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').replaceAll(/../g, '%$&');
}

/** @throws ProtocolError where it is no answer, or the tracker's refusal in its own words */
export function decodeTrackerAnswer(bytes: Uint8Array): TrackerAnswer {
  const answer = decodeBencode(bytes);
  if (!isDictionary(answer)) throw new ProtocolError('no answer of a tracker');
  const refusal = answer.get('failure reason');
  if (refusal instanceof Uint8Array) throw new ProtocolError(Buffer.from(refusal).toString());
  const trackerId = answer.get('tracker id');
  const least = answer.get('min interval');
  const leastIntervalS = least === undefined ? 0 : intervalOf(least);
  return {
    intervalS: Math.max(leastIntervalS, intervalOf(answer.get('interval') ?? least)),
    leastIntervalS,
    peers: [...peersOf(answer.get('peers'), 'ipv4'), ...peersOf(answer.get('peers6'), 'ipv6')],
    trackerId: trackerId instanceof Uint8Array ? trackerId : undefined,
  };
}

function intervalOf(value: Bencoded | undefined): number {
  const wanted = typeof value === 'number' ? value : USUAL_INTERVAL_S;
  return Math.min(LONGEST_INTERVAL_S, Math.max(SHORTEST_INTERVAL_S, wanted));
}

/** Compact (BEP 23, 7), or a dictionary each (BEP 3). */
function peersOf(value: Bencoded | undefined, kind: 'ipv4' | 'ipv6'): string[] {
  if (value instanceof Uint8Array) return decodeAddresses(value, kind);
  return Array.isArray(value) ? (value as readonly Bencoded[]).flatMap(peerIn) : [];
}

function peerIn(value: Bencoded): string[] {
  if (!isDictionary(value)) return [];
  const [ip, port] = [value.get('ip'), value.get('port')];
  if (!(ip instanceof Uint8Array) || typeof port !== 'number') return [];
  const host = Buffer.from(ip).toString();
  return [host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`];
}

function isDictionary(value: Bencoded): value is BencodedDictionary {
  return value instanceof Map;
}
