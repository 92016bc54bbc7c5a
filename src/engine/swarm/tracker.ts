import type { AddressInfo } from 'node:net';
import type { AnnounceParams } from 'bittorrent-tracker/server';
import ipaddr from 'ipaddr.js';
import { hostOf } from './peer-address.ts';
import type { HandoutName } from './policy/handout/handout-by-name.ts';
import { SystemChance } from './system-chance.ts';
import { type Announce, TrackedSwarm } from './tracked-swarm.ts';
import { MOST_SITE_BYTES } from './wire/extension-codec.ts';

/** A tracker that answers HTTP announces (BEP 3, 7, 23) for the torrents that it was told of. */
export interface Tracker {
  readonly announceUrl: string;
  /** From now on announces for this torrent are answered. */
  serve(infoHash: string): void;
  /** From now on they are not. */
  withdraw(infoHash: string): void;
  close(): Promise<void>;
}

/** Lost peers that are heard of in one announce. */
const MOST_LOST = 64;
/** BEP 3, and BEP 21 (`paused`); the package calls a regular announce `update`. */
const EVENTS: ReadonlySet<string> = new Set(['started', 'stopped', 'completed', 'update', 'paused']);

/**
 * The server of bittorrent-tracker, with our choice of the peers that are handed out.
 * Rejects with the system's error where the port is taken. Port 0 takes any free one.
 */
export async function startTracker(
  host: string,
  port: number,
  handout: HandoutName = 'sites',
): Promise<Tracker> {
  const { default: TrackerServer } = await import('bittorrent-tracker/server');
  const server = new TrackerServer({
    http: true,
    udp: false,
    ws: false,
    stats: false,
    filter: (infoHash, _params, callback) =>
      callback(infoHash in server.torrents ? null : new Error('this torrent is not served here')),
  });
  const listening = Promise.withResolvers<void>();
  server.once('listening', listening.resolve);
  server.on('error', listening.reject);
  // A bad request is the client's mistake: it has been answered with a failure reason.
  server.on('warning', () => {});
  server.listen(port, host);
  await listening.promise;
  const address = server.http.address() as AddressInfo;
  return {
    announceUrl: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}/announce`,
    serve(infoHash) {
      const swarm = new TrackedSwarm(handout, new SystemChance());
      server.torrents[infoHash] = {
        announce(params, callback) {
          const mistake = mistakeIn(params);
          if (mistake) callback(new Error(mistake));
          else callback(null, swarm.announce(announceOf(params), performance.now()));
        },
        scrape: (_params, callback) => callback(null, swarm.counts()),
      };
    },
    withdraw(infoHash) {
      delete server.torrents[infoHash];
    },
    close() {
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(resolve);
      server.http.closeAllConnections();
      return promise;
    },
  };
}

/** What the package lets pass: of a port with a fraction it can tell nobody, and the attempt would end the process. */
function mistakeIn({ event, port }: AnnounceParams): string | undefined {
  if (!EVENTS.has(event)) return 'invalid event';
  return Number.isInteger(port) ? undefined : 'invalid port';
}

function announceOf(params: AnnounceParams): Announce {
  return {
    peerId: params.peer_id,
    event: params.event,
    ip: hostOf(params.ip),
    port: params.port,
    leftBytes: params.left,
    wanted: Math.max(0, Math.floor(params.numwant)),
    lost: typeof params.lost === 'string' ? params.lost.split(',', MOST_LOST) : [],
    site: isSite(params.site) ? params.site : undefined,
    localIp: localIpOf(params),
  };
}

/** Labels are as long as peers tell them to each other: a tracker keeps many. */
function isSite(said: unknown): said is string {
  return typeof said === 'string' && Buffer.byteLength(said) <= MOST_SITE_BYTES;
}

/** BEP 3, `ip`: the package has overwritten it with the address that it sees. */
function localIpOf({ httpReq, ip: seen }: AnnounceParams): string | undefined {
  const ip = hostOf(seen);
  const said = new URLSearchParams(httpReq.url!.split('?')[1]).get('ip') ?? '';
  // A peer that listens at ::1 may be seen at 127.0.0.1: addresses of two kinds say nothing about a NAT.
  if (!ipaddr.isValid(said) || ipaddr.process(said).kind() !== ipaddr.process(ip).kind()) return undefined;
  return ipaddr.process(said).toString();
}
