import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { webtorrent } from '../../../src/engine/swarm/webtorrent-client.ts';
import { someBytes } from '../an-image.ts';
import { type ASwarm, aSwarm } from './a-swarm.ts';
import { FOREIGN_CLIENTS, ownAddress, startForeign } from './foreign-clients.ts';

const KIB = 1024;
/** The smallest and the largest pieces that are in use, and the usual ones; the last piece is short. */
const SIZES = [
  { pieces: 60, pieceKib: 16 },
  { pieces: 10, pieceKib: 256 },
  { pieces: 2, pieceKib: 16 * KIB },
];

/** Bytes of which no two blocks are the same. */
function anImage(bytes: number): Buffer {
  const image = Buffer.alloc(bytes, someBytes(64 * KIB));
  for (let at = 0; at + 4 < bytes; at += 4 * KIB) image.writeUInt32BE(at, at);
  return image;
}

function swarmOf({ pieces, pieceKib }: (typeof SIZES)[number], host: string): Promise<ASwarm> {
  const pieceBytes = pieceKib * KIB;
  return aSwarm(anImage((pieces - 1) * pieceBytes + 12_345), pieceBytes, host);
}

/** Waits until so many peers with the whole image have announced themselves. */
async function announced({ metainfo }: ASwarm, seeders: number): Promise<void> {
  const infoHash = metainfo.infoHash.replace(/../g, '%$&');
  const url = `${metainfo.trackers[0]!.replace('announce', 'scrape')}?info_hash=${infoHash}`;
  for (;;) {
    const answer = await (await fetch(url)).text();
    if (Number(/8:completei(\d+)e/.exec(answer)?.[1]) >= seeders) return;
    await sleep(50);
  }
}

function expectSame(bytes: Uint8Array, image: Uint8Array): void {
  expect(Buffer.compare(bytes, image)).toBe(0);
}

describe.each(FOREIGN_CLIENTS)('$name and our client', (foreign) => {
  describe.each(SIZES)('pieces of $pieceKib KiB', (size) => {
    it('are fetched by ours from it', async (context) => {
      const swarm = await swarmOf(size, ownAddress(context));
      await startForeign(foreign, { context, swarm, image: swarm.image });
      await announced(swarm, 1);
      expectSame(await swarm.download(await swarm.aPeer('leecher')), swarm.image);
    });

    it('are fetched by it from ours', async (context) => {
      const swarm = await swarmOf(size, ownAddress(context));
      await swarm.seed(await swarm.aPeer('seeder'));
      const leecher = await startForeign(foreign, { context, swarm });
      await leecher.completed();
    });
  });
});

describe.each(SIZES)('webtorrent and our client, pieces of $pieceKib KiB', (size) => {
  it.each([
    ['ours', 'webtorrent', undefined, webtorrent],
    ['webtorrent', 'ours', webtorrent, undefined],
  ])('are fetched from %s by %s', async (_from, _to, seederMaker, leecherMaker) => {
    const swarm = await swarmOf(size, '127.0.0.1');
    await swarm.seed(await swarm.aPeer('seeder', seederMaker && { maker: seederMaker }));
    const leecher = await swarm.aPeer('leecher', leecherMaker && { maker: leecherMaker });
    expectSame(await swarm.download(leecher), swarm.image);
  });
});

describe('a swarm of all clients', () => {
  it('is complete', async (context) => {
    const swarm = await swarmOf({ pieces: 40, pieceKib: 64 }, ownAddress(context));
    await swarm.seed(await swarm.aPeer('seeder', { link: { upBps: 4_000_000 } }));
    const foreign = await Promise.all(
      FOREIGN_CLIENTS.map((client) => startForeign(client, { context, swarm })),
    );
    const ours = [await swarm.aPeer('ours'), await swarm.aPeer('webtorrent', { maker: webtorrent })];
    const downloads = ours.map((peer) => swarm.download(peer));
    for (const peer of foreign) await peer.completed();
    for (const download of downloads) expectSame(await download, swarm.image);
  });
});
