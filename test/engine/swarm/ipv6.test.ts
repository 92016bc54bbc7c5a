import { describe, expect, it } from 'vitest';
import { remade } from '../a-metainfo.ts';
import { someBytes } from '../an-image.ts';
import { aSwarm, ImageInMemory } from './a-swarm.ts';

const PIECE = 65_536;
const IMAGE = someBytes(24 * PIECE + 1);

describe('a swarm over IPv6', () => {
  it('is complete, its peers told by the tracker (BEP 7)', async () => {
    const swarm = await aSwarm(IMAGE, PIECE, '::1');
    expect(swarm.metainfo.trackers[0]).toMatch(/^http:\/\/\[::1\]:\d+\/announce$/);
    await swarm.seed(await swarm.aPeer('seeder'));
    const leechers = [await swarm.aPeer('first'), await swarm.aPeer('second')];
    for (const bytes of await Promise.all(leechers.map((leecher) => swarm.download(leecher))))
      expect(Buffer.compare(bytes, IMAGE)).toBe(0);
  });
});

describe('a peer that listens at all addresses of both kinds', () => {
  it.each([
    ['calls by IPv4', '127.0.0.1', '127.0.0.1', '::'],
    ['calls by IPv6', '::1', '[::1]', '::'],
    ['is called by IPv4', '::', '127.0.0.1', '127.0.0.2'],
    ['is called by IPv6', '::', '[::1]', '::1'],
  ])('%s', async (_how, seederHost, trackerHost, leecherHost) => {
    const swarm = await aSwarm(IMAGE, PIECE, '::');
    const { port } = new URL(swarm.metainfo.trackers[0]!);
    const metainfo = remade(swarm.metainfo, { trackers: [`http://${trackerHost}:${port}/announce`] });
    const seeder = await swarm.aPeer('seeder', { host: seederHost });
    await seeder.client.seed(metainfo, new ImageInMemory(IMAGE, PIECE));
    const leecher = await swarm.aPeer('leecher', { host: leecherHost });
    const store = new ImageInMemory(new Uint8Array(IMAGE.length), PIECE);
    await leecher.client.download(metainfo, store);
    expect(Buffer.compare(store.bytes, IMAGE)).toBe(0);
  });
});
