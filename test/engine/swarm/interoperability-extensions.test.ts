import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest';
import WebTorrent from 'webtorrent';
import { pieceLengthOf } from '../../../src/engine/image/metainfo.ts';
import { WebtorrentStore } from '../../../src/engine/swarm/webtorrent-store.ts';
import { remade } from '../a-metainfo.ts';
import { someBytes } from '../an-image.ts';
import { anImageServer } from '../http/an-image-server.ts';
import { type ASwarm, aSwarm, aSwarmOf, ImageInMemory } from './a-swarm.ts';
import { FOREIGN_CLIENTS, LIBTORRENT_CLIENT, startForeign } from './foreign-clients.ts';

const PIECE = 65_536;
const IMAGE = someBytes(40 * PIECE + 1);
/** So slow that the image takes minutes. */
const SLOW_BPS = IMAGE.length / 200;

/** A public torrent whose peers learn of each other from its tracker. */
async function aPublicSwarm(): Promise<ASwarm> {
  const { metainfo } = await aSwarm(IMAGE, PIECE);
  return aSwarmOf(IMAGE, (tracker) => remade(metainfo, { isPrivate: false, trackers: [tracker] }));
}

/** The same torrent for a peer that no tracker knows. */
function untracked(swarm: ASwarm): ASwarm {
  return { ...swarm, metainfo: remade(swarm.metainfo, { isPrivate: false, trackers: [] }) };
}

function libtorrent(
  context: TestContext,
  swarm: ASwarm,
  wishes: { image?: Uint8Array; peers?: string[] } = {},
) {
  return startForeign(LIBTORRENT_CLIENT, { context, swarm, ...wishes });
}

describe('libtorrent', () => {
  it('reads our extension handshake', async (context) => {
    const swarm = await aPublicSwarm();
    await swarm.seed(await swarm.aPeer('seeder', { link: { upBps: SLOW_BPS } }));
    const theirs = await libtorrent(context, swarm);
    while (!theirs.output().includes('Swarmboot')) await sleep(50);
  });

  it('learns through us of a peer that no tracker knows', async (context) => {
    const swarm = await aPublicSwarm();
    // It has hardly anything itself: two seeders would part.
    const between = await swarm.aPeer('between', { link: { downBps: SLOW_BPS } });
    swarm.download(between).catch(() => {});
    await libtorrent(context, untracked(swarm), { image: IMAGE, peers: [`127.0.0.1:${between.port}`] });
    await (await libtorrent(context, swarm)).completed();
    expect(between.client.statistics().share).toBeLessThan(0.5);
  });

  it('tells us of a peer that no tracker knows', async (context) => {
    const swarm = await aPublicSwarm();
    const elsewhere = await aSwarmOf(IMAGE, (tracker) =>
      remade(swarm.metainfo, { isPrivate: false, trackers: [tracker] }),
    );
    const hidden = await elsewhere.aPeer('hidden', { link: { upBps: SLOW_BPS } });
    await elsewhere.seed(hidden);
    await libtorrent(context, swarm, { peers: [`127.0.0.1:${hidden.port}`] });
    const { client } = await swarm.aPeer('leecher');
    const store = new ImageInMemory(new Uint8Array(IMAGE.length), PIECE);
    client.download(swarm.metainfo, store).catch(() => {});
    const fromHidden = () => client.statistics().byPeer.get(hidden.peerId.toString('hex'))?.downloadedBytes;
    while (!fromHidden()) await sleep(50);
  });
});

describe('our image server as the web seed of our metainfo', () => {
  async function aWebSeededSwarm() {
    const { streams, payloadUrl } = await anImageServer(IMAGE, { pieceBytes: PIECE });
    const webSeeds = [payloadUrl];
    const { metainfo } = await aSwarm(IMAGE, PIECE);
    const swarm = await aSwarmOf(IMAGE, (tracker) => remade(metainfo, { webSeeds, trackers: [tracker] }));
    return { streams, swarm };
  }

  it.for(FOREIGN_CLIENTS)('serves $name', async (foreign, context) => {
    foreign.command(context);
    const { streams, swarm } = await aWebSeededSwarm();
    await (await startForeign(foreign, { context, swarm })).completed();
    expect(streams.uploadedBytes).toBeGreaterThanOrEqual(IMAGE.length);
  });

  it('serves webtorrent', async () => {
    const { streams, swarm } = await aWebSeededSwarm();
    const { metainfo } = swarm;
    const client = new WebTorrent({ dht: false, lsd: false, utp: false, natUpnp: false, natPmp: false });
    onTestFinished(() => new Promise<void>((resolve) => client.destroy(() => resolve())));
    const image = new ImageInMemory(new Uint8Array(IMAGE.length), PIECE);
    const torrent = client.add(metainfo.bytes, {
      preloadedStore: new WebtorrentStore(image, PIECE, (piece) => pieceLengthOf(metainfo, piece)),
      bitfield: new Uint8Array(Math.ceil(metainfo.pieceHashes.length / 8)),
    });
    await new Promise((resolve) => torrent.once('done', resolve));
    expect(Buffer.compare(image.bytes, IMAGE)).toBe(0);
    expect(streams.uploadedBytes).toBeGreaterThanOrEqual(IMAGE.length);
  });
});
