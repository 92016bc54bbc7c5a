import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Deployment } from '../../../src/engine/deployment/deployment.ts';
import { DeploymentStore } from '../../../src/engine/deployment/deployment-store.ts';
import { ServedImages } from '../../../src/engine/deployment/served-images.ts';
import { HttpServer } from '../../../src/engine/http/http-server.ts';
import { payloadRoute } from '../../../src/engine/http/payload-stream-reader.ts';
import { ENCODER } from '../../../src/engine/image/chunk-codec.ts';
import { ImageDraft } from '../../../src/engine/image/image-draft.ts';
import type { ImageStore } from '../../../src/engine/image/image-store.ts';
import { type Metainfo, parseMetainfo } from '../../../src/engine/image/metainfo.ts';
import { makeSigningKeys } from '../../../src/engine/image/signature.ts';
import { LinkRate, UNLIMITED } from '../../../src/engine/link-rate.ts';
import type { TimedLimits } from '../../../src/engine/swarm/swarm-limits.ts';
import { swarmboot } from '../../../src/engine/swarm/swarmboot-client.ts';
import { startTracker } from '../../../src/engine/swarm/tracker.ts';
import { webtorrent } from '../../../src/engine/swarm/webtorrent-client.ts';
import type { BootFile } from '../../../src/engine/tftp/boot-file.ts';
import { someBytes } from '../an-image.ts';
import { aStore } from '../image/a-captured-image.ts';
import { MIB } from '../image/a-volume.ts';
import { HostilePeer } from '../swarm/a-hostile-peer.ts';
import { aFreePort, ImageInMemory } from '../swarm/a-swarm.ts';

async function publish(images: ImageStore, name: string): Promise<void> {
  const draft = await ImageDraft.begin(images, {
    ...{ name, kind: 'disk', disk: { bytes: MIB, sectorBytes: 512 }, table: 'none', partitions: [] },
    ...{ encoding: { kind: 'zstd', level: 1, library: ENCODER }, chunkBytes: MIB, tools: {} },
  });
  await draft.add(
    (async function* () {
      yield { diskOffset: 0, bytes: someBytes(MIB, name) };
    })(),
  );
  await draft.publish(makeSigningKeys().privateKey);
}

/** A server of images of that store, and the deployments of its images `a` and `b`. */
async function aServer(
  upBps = Number.POSITIVE_INFINITY,
  timetable: readonly TimedLimits[] = [],
  { client = swarmboot, port = 0 } = {},
) {
  const images = await aStore();
  for (const name of ['a', 'b']) await publish(images, name);
  const tracker = await startTracker('127.0.0.1', 0);
  const bootFiles = new Map<string, BootFile>();
  const served = new ServedImages({
    ...{ images, tracker, bootFiles, httpUrl: 'http://127.0.0.1:1', host: '127.0.0.1' },
    ...{ client, firstPort: port, uplink: new LinkRate(upBps), site: '', timetable },
  });
  const store = DeploymentStore.inMemory();
  onTestFinished(async () => {
    await served.close();
    await tracker.close();
    store.close();
  });
  const deploymentOf = (image: string): Deployment =>
    store.createDeployment({
      ...{ image, version: 1, agentToken: image, machines: [], disk: 'only' },
      start: { waitFor: 1, at: null },
    });
  const isServed = (image: string): boolean =>
    bootFiles.has(`images/${image}/1/manifest.json`) && served.payloads.has(`images/${image}/1/payload`);
  return { images, served, bootFiles, isServed, a: deploymentOf('a'), b: deploymentOf('b'), deploymentOf };
}

describe('images that are being deployed', () => {
  it('are served to a machine that comes while they are being ended', async () => {
    const { served, isServed, a, b } = await aServer();
    await Promise.all([served.serve(a), served.serve(b)]);
    const ended = served.keepOnly([]);
    await setImmediate();
    await served.serve(b);
    await ended;
    expect([isServed('a'), isServed('b')]).toEqual([false, true]);
  });

  it('are served to a machine that comes while they are being ended before they had begun', async () => {
    const { served, isServed, a } = await aServer();
    const first = served.serve(a);
    const ended = served.keepOnly([]);
    await served.serve(a);
    await Promise.all([first, ended]);
    expect(isServed('a')).toBe(true);
    expect(await served.figures()).toHaveLength(1);
  });

  it('are served at the next look where they are wanted and were not, and ended where they are not wanted', async () => {
    const { served, isServed, a, b } = await aServer();
    expect(await served.keep([a])).toEqual([]);
    expect([isServed('a'), isServed('b')]).toEqual([true, false]);
    expect(await served.keep([b])).toEqual([]);
    expect([isServed('a'), isServed('b')]).toEqual([false, true]);
  });

  it('are served though another of them is not there, and as soon as that is there it is served, too', async () => {
    const { images, served, isServed, a, deploymentOf } = await aServer();
    const wanted = [deploymentOf('c'), a];
    const [failure] = await served.keep(wanted);
    expect(failure?.message).toMatch(/^c, version 1: /);
    expect(isServed('a')).toBe(true);
    await publish(images, 'c');
    expect(await served.keep(wanted)).toEqual([]);
    expect(isServed('c')).toBe(true);
  });

  it('are ended when it is told so, by however many at a time', async () => {
    const { served, isServed, a } = await aServer();
    await served.serve(a);
    await Promise.all([served.keepOnly([]), served.close()]);
    expect(isServed('a')).toBe(false);
    expect(await served.figures()).toEqual([]);
  });

  it('keep to one rate together, by the swarm and by HTTP', async () => {
    const { served, bootFiles, a, b } = await aServer(MIB);
    await Promise.all([served.serve(a), served.serve(b)]);
    const web = await HttpServer.start({
      ...{ host: '127.0.0.1', port: 0 },
      routes: [payloadRoute(served.payloads)],
    });
    onTestFinished(() => web.close());
    const startMs = performance.now();
    await Promise.all([
      downloaded(bootFiles, 'a'),
      downloaded(bootFiles, 'b'),
      ...['a', 'b'].map(async (image) => {
        const response = await fetch(`http://127.0.0.1:${web.port}/images/${image}/1/payload`);
        expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(MIB);
      }),
    ]);
    // Four payloads of what a second carries.
    expect(performance.now() - startMs).toBeGreaterThan(3_900);
  });
});

it.each(['total', 'peer'] as const)(
  'an image keeps to the limits of its time of the day: %s',
  async (whose) => {
    const rates = { upBps: MIB / 2, downBps: Number.POSITIVE_INFINITY };
    const { served, bootFiles, a } = await aServer(Number.POSITIVE_INFINITY, [
      { from: '00:00', to: '00:00', limits: { [whose]: rates } },
    ]);
    await served.serve(a);
    const startMs = performance.now();
    await downloaded(bootFiles, 'a');
    expect(performance.now() - startMs).toBeGreaterThan(1_900);
  },
);

it.each([
  ['swarmboot, which deals', swarmboot, 'haveNone'],
  ['webtorrent, which does not', webtorrent, 'haveAll'],
] as const)('a peer meets the client of the settings: %s', async (_which, client, first) => {
  const port = await aFreePort('127.0.0.1');
  const { served, bootFiles, a } = await aServer(Number.POSITIVE_INFINITY, [], { client, port });
  await served.serve(a);
  const { infoHash, pieceHashes } = metainfoOf(bootFiles, 'a');
  const guest = new HostilePeer({ host: '127.0.0.1', port, infoHash, pieces: pieceHashes.length });
  const kinds: string[] = [];
  guest.introduce().hear(({ kind }) => kinds.push(kind));
  await expect.poll(() => kinds.filter((kind) => kind !== 'extended')[0], { timeout: 20_000 }).toBe(first);
});

function metainfoOf(files: ReadonlyMap<string, BootFile>, image: string): Metainfo {
  const torrent = files.get(`images/${image}/1/image.torrent`)!;
  const bytes = Buffer.alloc(torrent.sizeBytes);
  torrent.open().read(0, bytes);
  return parseMetainfo(bytes);
}

/** Fetches an image from the swarm of its server. */
async function downloaded(files: ReadonlyMap<string, BootFile>, image: string): Promise<void> {
  const metainfo = { ...metainfoOf(files, image), webSeeds: [] };
  const client = await swarmboot.make({
    ...{ peerId: randomBytes(20), host: '127.0.0.1', port: 0, link: UNLIMITED },
    ...{ uploadSlots: 4, neighbours: 4 },
  });
  onTestFinished(() => client.stop());
  const store = new ImageInMemory(Buffer.alloc(metainfo.imageBytes), metainfo.pieceBytes);
  await client.download(metainfo, store);
}
