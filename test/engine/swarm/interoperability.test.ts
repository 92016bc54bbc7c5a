import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, type TestContext } from 'vitest';
import { swarmboot } from '../../../src/engine/swarm/swarmboot-client.ts';
import { webtorrent } from '../../../src/engine/swarm/webtorrent-client.ts';
import { aTorrentOfFiles, filesIn } from '../a-torrent-of-files.ts';
import { someBytes } from '../an-image.ts';
import { type ASwarm, aSwarm, aSwarmOf } from './a-swarm.ts';
import { FOREIGN_CLIENTS, type ForeignClient, startForeign } from './foreign-clients.ts';

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

function swarmOf({ pieces, pieceKib }: Size): Promise<ASwarm> {
  const pieceBytes = pieceKib * KIB;
  return aSwarm(anImage((pieces - 1) * pieceBytes + 12_345), pieceBytes);
}

/** Files of a KiB or so: many of them end in one piece, and every piece but the first begins in the middle of one. */
function swarmOfFiles(count: number): Promise<ASwarm> {
  const image = anImage(count * KIB + 12_345);
  return aSwarmOf(image, (tracker) => aTorrentOfFiles(filesIn(image, count), 32 * KIB, tracker));
}

/** Waits until so many peers have announced themselves. */
async function announced({ metainfo }: ASwarm, peers: number): Promise<void> {
  const infoHash = metainfo.infoHash.replace(/../g, '%$&');
  const url = `${metainfo.trackers[0]!.replace('announce', 'scrape')}?info_hash=${infoHash}`;
  for (;;) {
    const answer = await (await fetch(url)).text();
    const [seeders, leechers] = [/8:completei(\d+)e/.exec(answer), /10:incompletei(\d+)e/.exec(answer)];
    if (Number(seeders?.[1]) + Number(leechers?.[1]) >= peers) return;
    await sleep(50);
  }
}

function expectSame(bytes: Uint8Array, image: Uint8Array): void {
  expect(Buffer.compare(bytes, image)).toBe(0);
}

type Size = (typeof SIZES)[number];

interface Meeting {
  readonly swarm: ASwarm;
  readonly context: TestContext;
}

/**
 * The foreign client announces itself first and ours calls it: transmission takes no addresses of the loopback network
 * from a tracker, and on any other address it would take us, on its own computer, for itself.
 */
async function oursFetches(foreign: ForeignClient, { swarm, context }: Meeting) {
  await startForeign(foreign, { context, swarm, image: swarm.image });
  await announced(swarm, 1);
  expectSame(await swarm.download(await swarm.aPeer('leecher')), swarm.image);
}

async function theirsFetches(foreign: ForeignClient, { swarm, context }: Meeting) {
  const leecher = await startForeign(foreign, { context, swarm });
  await announced(swarm, 1);
  await swarm.seed(await swarm.aPeer('seeder'));
  await leecher.completed();
}

describe.each(FOREIGN_CLIENTS)('$name and our client', (foreign) => {
  // Clients think about whom to serve every ten seconds: the sizes and the directions wait for that together.
  it('fetch images from one another, with pieces from 16 KiB to 16 MiB', async (context) => {
    foreign.command(context);
    await Promise.all(
      SIZES.flatMap((size) =>
        [oursFetches, theirsFetches].map(async (fetch) =>
          fetch(foreign, { context, swarm: await swarmOf(size) }),
        ),
      ),
    );
  });

  it('fetch a torrent of 5,000 files from one another', async (context) => {
    foreign.command(context);
    await Promise.all(
      [oursFetches, theirsFetches].map(async (fetch) =>
        fetch(foreign, { context, swarm: await swarmOfFiles(5_000) }),
      ),
    );
  });
});

describe.each(SIZES)('webtorrent and our client, pieces of $pieceKib KiB', (size) => {
  it.each([
    ['ours', 'webtorrent', swarmboot, webtorrent],
    ['webtorrent', 'ours', webtorrent, swarmboot],
  ])('are fetched from %s by %s', async (_from, _to, seederMaker, leecherMaker) => {
    const swarm = await swarmOf(size);
    await swarm.seed(await swarm.aPeer('seeder', { maker: seederMaker }));
    const leecher = await swarm.aPeer('leecher', { maker: leecherMaker });
    expectSame(await swarm.download(leecher), swarm.image);
  });
});

describe.each([
  ['ours', 'webtorrent', swarmboot, webtorrent],
  ['webtorrent', 'ours', webtorrent, swarmboot],
  ['ours', 'ours', swarmboot, swarmboot],
])('a torrent of 5,000 files', (from, to, seederMaker, leecherMaker) => {
  it(`is fetched from ${from} by ${to}, as one run of bytes`, async () => {
    const swarm = await swarmOfFiles(5_000);
    await swarm.seed(await swarm.aPeer('seeder', { maker: seederMaker }));
    expectSame(await swarm.download(await swarm.aPeer('leecher', { maker: leecherMaker })), swarm.image);
  });
});

describe('a swarm of all clients', () => {
  it('is complete', async (context) => {
    const swarm = await swarmOf({ pieces: 40, pieceKib: 64 });
    const foreign = await Promise.all(
      FOREIGN_CLIENTS.map((client) => startForeign(client, { context, swarm })),
    );
    await announced(swarm, foreign.length);
    await swarm.seed(await swarm.aPeer('seeder', { link: { upBps: 4_000_000 } }));
    const ours = [await swarm.aPeer('ours'), await swarm.aPeer('webtorrent', { maker: webtorrent })];
    const downloads = ours.map((peer) => swarm.download(peer));
    for (const peer of foreign) await peer.completed();
    for (const download of downloads) expectSame(await download, swarm.image);
  });
});
