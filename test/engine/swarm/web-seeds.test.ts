import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Metainfo } from '../../../src/engine/image/metainfo.ts';
import { RatePath } from '../../../src/engine/swarm/rate-path.ts';
import type { WebSeed } from '../../../src/engine/swarm/web-seed.ts';
import { type WebSeedHost, WebSeeds } from '../../../src/engine/swarm/web-seeds.ts';
import { remade } from '../a-metainfo.ts';
import { aTorrentOfFiles, filesIn } from '../a-torrent-of-files.ts';
import { someBytes } from '../an-image.ts';
import { anImageServer } from '../http/an-image-server.ts';
import { HostilePeer } from './a-hostile-peer.ts';
import { type ASwarm, aSwarm, ImageInMemory, type SwarmPeer } from './a-swarm.ts';
import { aWebServer } from './a-web-server.ts';

const PIECE = 65_536;
const PIECES = 12;
const IMAGE = someBytes((PIECES - 1) * PIECE + 12_345);

function aSwarmOfTheImage(): Promise<ASwarm> {
  return aSwarm(IMAGE, PIECE);
}

async function downloaded({ client }: SwarmPeer, metainfo: Metainfo): Promise<Uint8Array> {
  const store = new ImageInMemory(new Uint8Array(IMAGE.length), PIECE);
  await client.download(metainfo, store);
  return store.bytes;
}

function expectImage(bytes: Uint8Array): void {
  expect(Buffer.compare(bytes, IMAGE)).toBe(0);
}

/** Every piece as one range. */
function wholePieces(path: string): string[] {
  const lastOf = (piece: number) => Math.min((piece + 1) * PIECE, IMAGE.length) - 1;
  return Array.from({ length: PIECES }, (_, piece) => `${path} ${piece * PIECE}-${lastOf(piece)}`);
}

/** Web servers of a torrent whose swarm a test plays, second by second. */
async function aPlayedSwarm() {
  const { metainfo } = await aSwarmOfTheImage();
  const said: string[] = [];
  const lines: WebSeed[] = [];
  const swarm = { peers: 0, bytes: 0, isBanned: false };
  const host: WebSeedHost = {
    get joinedPeers() {
      return swarm.peers + lines.length;
    },
    adopt(_id, make) {
      if (swarm.isBanned) return undefined;
      const line = make({
        messageReceived: ({ kind }) => said.push(kind),
        blockAnnounced: () => undefined,
        blockReceived() {},
        closed: () => lines.splice(0),
      });
      lines.push(line);
      return line;
    },
  };
  const options = { metainfo: remade(metainfo, { webSeeds: ['http://127.0.0.1:9/'] }), host };
  const webSeeds = new WebSeeds({ ...options, down: new RatePath([]) });
  let second = 0;
  return {
    swarm,
    lines,
    /** @returns what is said in so many seconds */
    pass(seconds: number): string[] {
      said.splice(0);
      for (const end = second + seconds; second < end; second++) webSeeds.ticked(second * 1000, swarm.bytes);
      return [...said];
    },
  };
}

describe('web seeds', () => {
  it('offer themselves when the swarm falls quiet, and withdraw when it brings something again', async () => {
    const { swarm, pass } = await aPlayedSwarm();
    expect(pass(2)).toEqual([]);
    expect(pass(3)).toEqual(['haveAll', 'unchoke']);
    expect(pass(10)).toEqual([]);
    swarm.peers = 1;
    expect(pass(10)).toEqual([]);
    swarm.bytes = 1_000_000;
    expect(pass(10)).toEqual(['choke']);
    expect(pass(10)).toEqual(['haveAll', 'unchoke']);
  });

  it('come back after a failure, later each time', async () => {
    const { lines, pass } = await aPlayedSwarm();
    pass(5);
    const waits = Array.from({ length: 9 }, () => {
      lines[0]!.close('it failed');
      let waited = 0;
      while (pass(1).length === 0) waited++;
      return waited;
    });
    expect(waits).toEqual([0, 1, 3, 7, 15, 31, 59, 59, 59]);
  });

  it('do not come back where they are banned', async () => {
    const { swarm, lines, pass } = await aPlayedSwarm();
    pass(5);
    swarm.isBanned = true;
    lines[0]!.close('it lied');
    expect(pass(300)).toEqual([]);
  });
});

describe('a web seed', () => {
  it('is our own image server: where there is no peer the image comes from there, every byte once', async () => {
    const swarm = await aSwarmOfTheImage();
    const { streams, payloadUrl: url } = await anImageServer(IMAGE, { pieceBytes: PIECE });
    const leecher = await swarm.aPeer('leecher');
    expectImage(await downloaded(leecher, remade(swarm.metainfo, { webSeeds: [url] })));
    expect(streams.uploadedBytes).toBe(IMAGE.length);
    const { byPeer, downloadedBytes } = leecher.client.statistics();
    expect([...byPeer.keys()].map((id) => id.length)).toEqual([40]);
    expect(downloadedBytes).toBe(IMAGE.length);
  });

  it.each([
    { there: 'not even a tracker', trackers: [] },
    { there: 'only a tracker that is asked by UDP', trackers: ['udp://127.0.0.1:9/announce'] },
  ])('is enough where there is $there', async ({ trackers }) => {
    const swarm = await aSwarmOfTheImage();
    const { payloadUrl: url } = await anImageServer(IMAGE, { pieceBytes: PIECE });
    const metainfo = remade(swarm.metainfo, { webSeeds: [url], trackers });
    expect(metainfo.trackers).toEqual(trackers);
    expectImage(await downloaded(await swarm.aPeer('leecher'), metainfo));
  });

  it('is asked for each piece at once', async () => {
    const swarm = await aSwarmOfTheImage();
    const { url, asked } = await aWebServer(new Map([['/golden.img', IMAGE]]));
    const metainfo = remade(swarm.metainfo, { webSeeds: [`${url}/`] });
    expectImage(await downloaded(await swarm.aPeer('leecher'), metainfo));
    expect(asked.toSorted()).toEqual(wholePieces('/golden.img').toSorted());
  });

  it('is asked although somebody sends all the time, as nobody asked for that', async () => {
    const swarm = await aSwarmOfTheImage();
    const { payloadUrl: url } = await anImageServer(IMAGE, { pieceBytes: PIECE });
    const leecher = await swarm.aPeer('leecher');
    const { host, metainfo } = swarm;
    const download = downloaded(leecher, remade(metainfo, { webSeeds: [url] }));
    const target = { host, port: leecher.port, infoHash: metainfo.infoHash, pieces: PIECES };
    const generous = new HostilePeer(target).ignore().introduce(metainfo.infoHash, 'the-generous');
    const block = { piece: 0, begin: 0, length: 16_384 };
    const sending = setInterval(() => generous.sendBlock(block, new Uint8Array(block.length)), 100);
    onTestFinished(() => clearInterval(sending));
    expectImage(await download);
    // It is downloaded all the same.
    const { byPeer, downloadedBytes } = leecher.client.statistics();
    const id = Buffer.from('-XX0001-the-generous').toString('hex');
    expect(byPeer.get(id)!.downloadedBytes).toBeGreaterThan(50 * block.length);
    expect(downloadedBytes - byPeer.get(id)!.downloadedBytes).toBe(IMAGE.length);
  });

  it('is left alone as long as the swarm brings the image', async () => {
    const swarm = await aSwarmOfTheImage();
    const { streams, payloadUrl: url } = await anImageServer(IMAGE, { pieceBytes: PIECE });
    const metainfo = remade(swarm.metainfo, { webSeeds: [url] });
    // Slow enough for an impatient client to be tempted.
    const seeder = await swarm.aPeer('seeder', { link: { upBps: IMAGE.length / 5 } });
    await seeder.client.seed(metainfo, new ImageInMemory(IMAGE, PIECE));
    expectImage(await downloaded(await swarm.aPeer('leecher'), metainfo));
    expect(streams.uploadedBytes).toBe(0);
  });

  it('steps in when the last peer has gone, for what is missing', async () => {
    const swarm = await aSwarmOfTheImage();
    const { streams, payloadUrl: url } = await anImageServer(IMAGE, { pieceBytes: PIECE });
    const metainfo = remade(swarm.metainfo, { webSeeds: [url] });
    const seeder = await swarm.aPeer('seeder', { link: { upBps: IMAGE.length / 4 } });
    await seeder.client.seed(metainfo, new ImageInMemory(IMAGE, PIECE));
    const leecher = await swarm.aPeer('leecher');
    const download = downloaded(leecher, metainfo);
    while (leecher.client.statistics().share < 0.5) await new Promise((resolve) => setTimeout(resolve, 10));
    await seeder.client.stop();
    expectImage(await download);
    expect(streams.uploadedBytes).toBeGreaterThan(0);
    // Half of the pieces were there; the short one may have been among them.
    expect(streams.uploadedBytes).toBeLessThanOrEqual((PIECES / 2) * PIECE);
  });

  it('may fail in the middle of a piece and be there again later', async () => {
    const swarm = await aSwarmOfTheImage();
    let failures = 0;
    const { url, asked } = await aWebServer(new Map([['/image', IMAGE]]), (_, response) => {
      if (++failures > 2) return false;
      response.writeHead(206, { 'content-length': 1000 }).write('0123');
      setImmediate(() => response.destroy());
      return true;
    });
    const metainfo = remade(swarm.metainfo, { webSeeds: [`${url}/image`] });
    expectImage(await downloaded(await swarm.aPeer('leecher'), metainfo));
    expect(asked).toHaveLength(PIECES + 2);
  });

  it('is banned where its bytes are wrong, and asked no more', async () => {
    const swarm = await aSwarmOfTheImage();
    const wrong = Buffer.from(IMAGE).fill(0);
    const liar = await aWebServer(new Map([['/image', wrong]]));
    const good = await aWebServer(new Map([['/image', IMAGE]]));
    const metainfo = remade(swarm.metainfo, { webSeeds: [`${liar.url}/image`, `${good.url}/image`] });
    const leecher = await swarm.aPeer('leecher');
    expectImage(await downloaded(leecher, metainfo));
    expect(liar.asked.length).toBeLessThan(PIECES);
    expect(good.asked.length).toBeGreaterThanOrEqual(PIECES - 1);
  });

  it('may have the image as many files', async () => {
    const files = filesIn(IMAGE, 100);
    const onTheWeb = new Map(files.map(({ path, bytes }) => [`/mirror/${path.join('/')}`, bytes]));
    const { url } = await aWebServer(onTheWeb);
    const swarm = await aSwarmOfTheImage();
    const leecher = await swarm.aPeer('leecher');
    expectImage(
      await downloaded(leecher, remade(aTorrentOfFiles(files, PIECE), { webSeeds: [`${url}/mirror/`] })),
    );
  });

  it('lets go of everything when the client stops', async () => {
    const swarm = await aSwarmOfTheImage();
    const asked = Promise.withResolvers<IncomingMessage>();
    const { url } = await aWebServer(new Map([['/image', IMAGE]]), (request) => {
      asked.resolve(request);
      return true;
    });
    const leecher = await swarm.aPeer('leecher');
    const download = downloaded(leecher, remade(swarm.metainfo, { webSeeds: [`${url}/image`] }));
    const ended = expect(download).rejects.toMatchObject({ code: 'SWARM' });
    const { socket } = await asked.promise;
    const closed = once(socket, 'close');
    await leecher.client.stop();
    await closed;
    await ended;
  });
});
