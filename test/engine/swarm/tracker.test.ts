import { get } from 'node:http';
import Client from 'bittorrent-tracker/client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type BencodedDictionary, decodeBencode } from '../../../src/engine/bencode.ts';
import type { HandoutName } from '../../../src/engine/swarm/policy/handout/handout-by-name.ts';
import { startTracker } from '../../../src/engine/swarm/tracker.ts';

const HOST = '127.0.0.1';
const INFO_HASH = 'a'.repeat(20);
const INFO_HASH_HEX = Buffer.from(INFO_HASH).toString('hex');

async function aTracker({ host = HOST, handout = 'sites' as HandoutName } = {}) {
  const tracker = await startTracker(host, 0, handout);
  onTestFinished(() => tracker.close());
  return tracker;
}

/** A tracker of one torrent. */
async function aServingTracker(options: { host?: string; handout?: HandoutName } = {}) {
  const tracker = await aTracker(options);
  tracker.serve(INFO_HASH_HEX);
  return tracker;
}

interface Wishes {
  /** The address that the announce comes from. */
  readonly from?: string;
  readonly more?: string;
  readonly compact?: 0 | 1;
  readonly left?: number;
}

/** A bare request, as any client may send it; the peer id is made of the port. */
async function announce(
  url: string,
  port: number,
  { from = HOST, more = '', compact = 1, left = 1 }: Wishes = {},
) {
  const query = `info_hash=${INFO_HASH}&peer_id=${String(port).padStart(20, 'p')}&port=${port}&left=${left}&compact=${compact}`;
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const request = get(`${url}?${query}&event=started${more}`, { localAddress: from, agent: false });
  request.once('error', reject);
  request.once('response', async (response) => resolve(Buffer.concat(await response.toArray())));
  return promise;
}

const fieldOf = (answer: Buffer, key: string) => (decodeBencode(answer) as BencodedDictionary).get(key);

/** BEP 23: 4 bytes of address, 2 of port. */
function compactPeers(answer: Buffer): string[] {
  const bytes = Buffer.from(fieldOf(answer, 'peers') as Uint8Array);
  return Array.from({ length: bytes.length / 6 }, (_, place) => {
    const peer = bytes.subarray(place * 6, place * 6 + 6);
    return `${peer.subarray(0, 4).join('.')}:${peer.readUInt16BE(4)}`;
  }).toSorted();
}

const at = (site: string, ip: string) => `&site=${site}&ip=${ip}`;

describe('the tracker', () => {
  it('tells peers of each other (BEP 23), and nobody of itself', async () => {
    const { announceUrl } = await aServingTracker();
    await announce(announceUrl, 0x1234);
    expect(compactPeers(await announce(announceUrl, 0x5678))).toEqual(['127.0.0.1:4660']);
    expect(compactPeers(await announce(announceUrl, 0x1234))).toEqual(['127.0.0.1:22136']);
  });

  it('tells clients that want no compact answer in full (BEP 3)', async () => {
    const { announceUrl } = await aServingTracker();
    await announce(announceUrl, 1001);
    const [peer] = fieldOf(
      await announce(announceUrl, 1002, { compact: 0 }),
      'peers',
    ) as BencodedDictionary[];
    expect(Buffer.from(peer!.get('ip') as Uint8Array).toString()).toBe(HOST);
    expect(peer!.get('port')).toBe(1001);
    expect(Buffer.from(peer!.get('peer id') as Uint8Array).toString()).toBe('1001'.padStart(20, 'p'));
  });

  it('tells peers of IPv4 and of IPv6 in one answer (BEP 7)', async () => {
    const { announceUrl } = await aServingTracker({ host: '::' });
    const { port } = new URL(announceUrl);
    await announce(`http://127.0.0.1:${port}/announce`, 1001);
    await announce(`http://[::1]:${port}/announce`, 0x1234, { from: '::1' });
    const answer = await announce(`http://127.0.0.1:${port}/announce`, 1003);
    expect(compactPeers(answer)).toEqual(['127.0.0.1:1001']);
    const six = Buffer.from(fieldOf(answer, 'peers6') as Uint8Array);
    expect(six.toString('hex')).toBe(`${'0'.repeat(31)}11234`);
  });

  it('serves only torrents that it was told of', async () => {
    const { announceUrl } = await aTracker();
    expect(String(await announce(announceUrl, 0x1234))).toContain('this torrent is not served here');
  });

  it('answers a scrape (BEP 48)', async () => {
    const { announceUrl } = await aServingTracker();
    await announce(announceUrl, 1001);
    const scraped = await fetch(`${announceUrl.replace(/announce$/, 'scrape')}?info_hash=${INFO_HASH}`);
    expect(await scraped.text()).toContain('8:completei0e10:downloadedi0e10:incompletei1e');
  });

  it.each([
    ['is none', '?x=1'],
    ['wants fewer than no peers', `?info_hash=${INFO_HASH}&peer_id=${INFO_HASH}&port=1&numwant=-5`],
    ['wants a part of a peer', `?info_hash=${INFO_HASH}&peer_id=${INFO_HASH}&port=1&numwant=0.5`],
    [
      'tells of what the standard does not know',
      `?info_hash=${INFO_HASH}&peer_id=${INFO_HASH}&port=1&event=x`,
    ],
    [
      'says everything twice',
      `?info_hash=${INFO_HASH}&peer_id=${INFO_HASH}&port=1&site=a&site=b&ip=1.1.1.1&ip=x`,
    ],
    ['is at no address', `?info_hash=${INFO_HASH}&peer_id=${INFO_HASH}&port=1&site=a&ip=nowhere`],
  ])('lives on after a request that %s', async (_what, query) => {
    const { announceUrl } = await aServingTracker();
    await (await fetch(`${announceUrl}${query}`)).arrayBuffer();
    await (await fetch(`${announceUrl}${query}`)).arrayBuffer();
    expect(fieldOf(await announce(announceUrl, 0x1234), 'interval')).toBe(600);
  });

  it('needs its port', async () => {
    const { announceUrl } = await aTracker();
    const port = Number(new URL(announceUrl).port);
    await expect(startTracker(HOST, port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

describe('the tracker of several sites', () => {
  it('takes its own clients for one site where that has no name: all are told of the source', async () => {
    const { announceUrl } = await aServingTracker();
    await announce(announceUrl, 1000, { more: '&site=', left: 0 });
    for (let port = 1001; port < 1040; port++) {
      const answer = await announce(announceUrl, port, { more: '&site=&numwant=4' });
      expect(compactPeers(answer)).toContain('127.0.0.1:1000');
      expect(fieldOf(answer, 'interval')).toBe(2);
    }
  });

  it('tells two of one site behind one NAT the addresses that they say they have, and others what it sees', async () => {
    const { announceUrl } = await aServingTracker();
    const far = { from: '127.0.0.2' };
    await announce(announceUrl, 1001, { ...far, more: at('far', '10.0.0.1') });
    expect(compactPeers(await announce(announceUrl, 1002, { ...far, more: at('far', '10.0.0.2') }))).toEqual([
      '10.0.0.1:1001',
    ]);
    expect(compactPeers(await announce(announceUrl, 1003, far))).toEqual([
      '127.0.0.2:1001',
      '127.0.0.2:1002',
    ]);
    expect(compactPeers(await announce(announceUrl, 1004))).toEqual([
      '127.0.0.2:1001',
      '127.0.0.2:1002',
      '127.0.0.2:1003',
    ]);
  });

  it('tells a member of its own site, and of two elsewhere', async () => {
    const { announceUrl } = await aServingTracker();
    for (const port of [1001, 1002, 1003, 1004, 1005])
      await announce(announceUrl, port, { more: at('near', HOST) });
    for (const port of [2001, 2002]) await announce(announceUrl, port, { more: at('far', HOST) });
    const told = compactPeers(await announce(announceUrl, 2003, { more: at('far', HOST) }));
    expect(told.filter((address) => address.includes(':2'))).toEqual(['127.0.0.1:2001', '127.0.0.1:2002']);
    expect(told.filter((address) => address.includes(':1'))).toHaveLength(2);
  });

  it('tells everyone in a chain of the one before, and clients without a site of all', async () => {
    const { announceUrl } = await aServingTracker({ handout: 'chain' });
    for (const port of [1001, 1002, 1003]) await announce(announceUrl, port, { more: at('a', HOST) });
    expect(compactPeers(await announce(announceUrl, 1004, { more: at('a', HOST) }))).toEqual([
      '127.0.0.1:1003',
    ]);
    expect(compactPeers(await announce(announceUrl, 1005))).toHaveLength(4);
  });

  it('refuses a port that no peer can have, and lives', async () => {
    const { announceUrl } = await aServingTracker();
    const refusal = fieldOf(await announce(announceUrl, 6881.5), 'failure reason') as Uint8Array;
    expect(Buffer.from(refusal).toString()).toBe('invalid port');
    await announce(announceUrl, 1001);
    expect(compactPeers(await announce(announceUrl, 1002))).toEqual(['127.0.0.1:1001']);
  });

  it('understands the client of bittorrent-tracker, good-bye included', async () => {
    const { announceUrl } = await aServingTracker({ handout: 'chain' });
    const heard: string[] = [];
    const peers = await Promise.all(
      [1001, 1002].map(async (port) => {
        const client = new Client({
          infoHash: Buffer.from(INFO_HASH),
          peerId: Buffer.from(String(port).padStart(20, 'c')),
          announce: [announceUrl],
          port,
          getAnnounceOpts: () => ({ site: 'Zürich & Genève', ip: HOST }),
          wrtc: false,
        });
        onTestFinished(() => client.destroy());
        client.on('peer', (address) => heard.push(address));
        await updated(client, () => client.start({ left: 1, uploaded: 0, downloaded: 0 }));
        return client;
      }),
    );
    expect(heard).toHaveLength(1);
    const [port] = heard.map((address) => Number(address.split(':')[1]));
    const former = peers[port === 1001 ? 0 : 1]!;
    await updated(former, () => former.stop());
    expect(compactPeers(await announce(announceUrl, 1003, { more: at('other', HOST) }))).toEqual([
      `127.0.0.1:${port === 1001 ? 1002 : 1001}`,
    ]);
  });
});

/** Resolves when the tracker has answered. */
function updated(client: Client, say: () => void): Promise<void> {
  return new Promise((resolve) => {
    client.once('update', resolve);
    say();
  });
}
