import { createServer } from 'node:net';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Metainfo, makeMetainfo } from '../../../src/engine/image/metainfo.ts';
import type { LinkRates } from '../../../src/engine/link-rate.ts';
import type { ChunkStore, SwarmClientMaker } from '../../../src/engine/swarm/swarm-client.ts';
import { startTracker } from '../../../src/engine/swarm/tracker.ts';
import { RunFailure } from '../../../src/failure.ts';
import { anImageFile, someBytes } from '../an-image.ts';

const HOST = '127.0.0.1';
export const PIECE = 32_768;
const UNLIMITED: LinkRates = { upBps: Number.POSITIVE_INFINITY, downBps: Number.POSITIVE_INFINITY };

/** Pieces in memory. */
class MemoryStore implements ChunkStore {
  readonly pieces = new Map<number, Uint8Array>();

  static full(image: Uint8Array): MemoryStore {
    const store = new MemoryStore();
    for (let piece = 0; piece * PIECE < image.length; piece++) {
      store.pieces.set(piece, image.subarray(piece * PIECE, (piece + 1) * PIECE));
    }
    return store;
  }

  async write(piece: number, bytes: Uint8Array): Promise<void> {
    this.pieces.set(piece, Uint8Array.from(bytes));
  }

  async read(piece: number, offset: number, into: Uint8Array): Promise<Uint8Array> {
    const bytes = this.pieces.get(piece);
    if (bytes === undefined) throw new Error(`piece ${piece} is not there`);
    into.set(bytes.subarray(offset, offset + into.length));
    return into;
  }

  content(): Buffer {
    return Buffer.concat([...this.pieces].sort(([a], [b]) => a - b).map(([, bytes]) => bytes));
  }
}

/** A store with some of the image in it from the start; it counts what is written. */
export class PartlyFullStore extends MemoryStore {
  readonly writtenPieces: number[] = [];
  readonly #isHeld: (piece: number, block: number) => boolean;

  constructor(image: Uint8Array, isHeld: (piece: number, block: number) => boolean) {
    super();
    this.#isHeld = isHeld;
    for (const [piece, bytes] of MemoryStore.full(image).pieces) this.pieces.set(piece, bytes);
  }

  get held() {
    return { hasBlock: this.#isHeld };
  }

  override async write(piece: number, bytes: Uint8Array): Promise<void> {
    this.writtenPieces.push(piece);
    await super.write(piece, bytes);
  }
}

/** A store whose disk is full after some pieces. */
class FullStore extends MemoryStore {
  override async write(piece: number, bytes: Uint8Array): Promise<void> {
    if (this.pieces.size === 3) throw new RunFailure('DISK_FULL', 'the disk is full');
    await super.write(piece, bytes);
  }
}

/** A store that gives out other bytes than it should. */
class LyingStore extends MemoryStore {
  override async read(piece: number, offset: number, into: Uint8Array): Promise<Uint8Array> {
    return (await super.read(piece, offset, into)).map((byte) => byte ^ 0xff);
  }
}

/** Half a second, also for what waits in sockets: after a standstill timers come first. */
async function sleepAndHear(): Promise<void> {
  await sleep(500);
  for (let turn = 0; turn < 20; turn++) await nextTurn();
}

/** What every swarm client has to do; each client's test calls this. */
export function describeSwarmClient(maker: SwarmClientMaker): void {
  async function aSwarm(image: Uint8Array): Promise<Metainfo> {
    const tracker = await startTracker(HOST, 0);
    onTestFinished(() => tracker.close());
    const imageFile = await anImageFile(image);
    const metainfo = await makeMetainfo({ imageFile, pieceBytes: PIECE, tracker: tracker.announceUrl });
    tracker.serve(metainfo.infoHash);
    return metainfo;
  }

  async function aPeer(name: string, link: LinkRates = UNLIMITED) {
    const peerId = Buffer.from(`-TE0001-${name.padStart(12, '.')}`);
    const options = { peerId, host: HOST, port: 0, link, uploadSlots: 4, neighbours: 50 };
    const client = await maker.make(options);
    onTestFinished(() => client.stop());
    return { client, id: peerId.toString('hex') };
  }

  describe(`the swarm client ${maker.name}`, () => {
    it('fetches every piece of an image, the last one short', async () => {
      const image = someBytes(9 * PIECE + 12_345);
      const metainfo = await aSwarm(image);
      const [seeder, leecher] = [await aPeer('seeder'), await aPeer('leecher')];
      await seeder.client.seed(metainfo, MemoryStore.full(image));
      const store = new MemoryStore();
      await leecher.client.download(metainfo, store);
      expect(store.content()).toEqual(image);
      expect(leecher.client.statistics()).toMatchObject({ downloadedBytes: image.length, share: 1 });
    });

    it('serves what it has fetched, after the seeder is gone', async () => {
      const image = someBytes(8 * PIECE);
      const metainfo = await aSwarm(image);
      const [seeder, first, second] = [await aPeer('seeder'), await aPeer('first'), await aPeer('second')];
      await seeder.client.seed(metainfo, MemoryStore.full(image));
      await first.client.download(metainfo, new MemoryStore());
      await seeder.client.stop();
      const store = new MemoryStore();
      await second.client.download(metainfo, store);
      expect(store.content()).toEqual(image);
      const { byPeer } = second.client.statistics();
      expect(byPeer.get(first.id)?.downloadedBytes).toBe(image.length);
      expect(first.client.statistics().byPeer.get(second.id)?.uploadedBytes).toBe(image.length);
    });

    it('neither fetches nor writes a piece that its store has', async () => {
      const image = someBytes(8 * PIECE);
      const metainfo = await aSwarm(image);
      const [seeder, leecher] = [await aPeer('seeder'), await aPeer('leecher')];
      await seeder.client.seed(metainfo, MemoryStore.full(image));
      const store = new PartlyFullStore(image, (piece) => piece % 4 !== 0);
      for (const piece of [0, 4]) store.pieces.delete(piece);
      await leecher.client.download(metainfo, store);
      expect(store.content()).toEqual(image);
      expect(store.writtenPieces.sort()).toEqual([0, 4]);
      expect(leecher.client.statistics()).toMatchObject({ downloadedBytes: 2 * PIECE, share: 1 });
    });

    it('is done at once where its store has everything, and serves it', async () => {
      const image = someBytes(5 * PIECE);
      const metainfo = await aSwarm(image);
      const [first, second] = [await aPeer('first'), await aPeer('second')];
      await first.client.download(metainfo, new PartlyFullStore(image, () => true));
      expect(first.client.statistics()).toMatchObject({ downloadedBytes: 0, share: 1 });
      const store = new MemoryStore();
      await second.client.download(metainfo, store);
      expect(store.content()).toEqual(image);
    });

    it('uploads and downloads no faster than its link', async () => {
      const image = someBytes(16 * PIECE);
      const metainfo = await aSwarm(image);
      const slow = 1_048_576;
      const seeder = await aPeer('seeder', { upBps: slow, downBps: Number.POSITIVE_INFINITY });
      const leecher = await aPeer('leecher', { upBps: Number.POSITIVE_INFINITY, downBps: slow });
      await seeder.client.seed(metainfo, MemoryStore.full(image));
      const startMs = performance.now();
      await leecher.client.download(metainfo, new MemoryStore());
      expect(performance.now() - startMs).toBeGreaterThanOrEqual((image.length / slow) * 1000);
    });

    it('uploads and downloads no faster than its limits of the moment', async () => {
      const image = someBytes(16 * PIECE);
      const metainfo = await aSwarm(image);
      const [seeder, leecher] = [await aPeer('seeder'), await aPeer('leecher')];
      await seeder.client.seed(metainfo, MemoryStore.full(image));
      const slow = 1_048_576;
      leecher.client.limit({ total: { upBps: Number.POSITIVE_INFINITY, downBps: slow } });
      const startMs = performance.now();
      await leecher.client.download(metainfo, new MemoryStore());
      expect(performance.now() - startMs).toBeGreaterThanOrEqual((image.length / slow) * 900);
    });

    it('receives nothing while it is paused, and goes on when it is resumed', async () => {
      // Two seconds and a half.
      const image = someBytes(160 * PIECE);
      const metainfo = await aSwarm(image);
      const seeder = await aPeer('seeder', { upBps: 2_097_152, downBps: Number.POSITIVE_INFINITY });
      const leecher = await aPeer('leecher');
      await seeder.client.seed(metainfo, MemoryStore.full(image));
      const store = new MemoryStore();
      const done = leecher.client.download(metainfo, store);
      while (leecher.client.statistics().downloadedBytes < 2 * PIECE) await sleep(5);
      leecher.client.pause();
      // What is on its way arrives; where that does not end, all of the image does.
      let { downloadedBytes } = leecher.client.statistics();
      for (let before = -1; before !== downloadedBytes; ) {
        before = downloadedBytes;
        await sleepAndHear();
        ({ downloadedBytes } = leecher.client.statistics());
      }
      expect(downloadedBytes).toBeLessThan(image.length);
      leecher.client.resume();
      await done;
      expect(store.content()).toEqual(image);
    });

    it('serves nobody while it is paused, from the start where it was before', async () => {
      const image = someBytes(4 * PIECE);
      const metainfo = await aSwarm(image);
      const [seeder, leecher] = [await aPeer('seeder'), await aPeer('leecher')];
      seeder.client.pause();
      await seeder.client.seed(metainfo, MemoryStore.full(image));
      const store = new MemoryStore();
      const done = leecher.client.download(metainfo, store);
      await sleep(500);
      expect(seeder.client.statistics().uploadedBytes).toBe(0);
      seeder.client.resume();
      await done;
      expect(store.content()).toEqual(image);
    });

    it('gives up with the failure of its disk', async () => {
      const image = someBytes(8 * PIECE);
      const metainfo = await aSwarm(image);
      const [seeder, leecher] = [await aPeer('seeder'), await aPeer('leecher')];
      await seeder.client.seed(metainfo, MemoryStore.full(image));
      await expect(leecher.client.download(metainfo, new FullStore())).rejects.toMatchObject({
        code: 'DISK_FULL',
      });
    });

    it('keeps nothing that does not match its hash', async () => {
      const image = someBytes(2 * PIECE);
      const metainfo = await aSwarm(image);
      const [liar, leecher] = [await aPeer('liar'), await aPeer('leecher')];
      const lies = new LyingStore();
      for (const [piece, bytes] of MemoryStore.full(image).pieces) lies.pieces.set(piece, bytes);
      await liar.client.seed(metainfo, lies);
      const store = new MemoryStore();
      leecher.client.download(metainfo, store).catch(() => {});
      // One client bans the liar after a piece, another tries them all.
      while (leecher.client.statistics().downloadedBytes < PIECE) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      await leecher.client.stop();
      expect(store.pieces.size).toBe(0);
    });

    it('listens nowhere where its timetable is wrong', async () => {
      const probe = createServer();
      await new Promise<void>((resolve) => probe.listen(0, HOST, resolve));
      const { port } = probe.address() as { port: number };
      await new Promise<void>((resolve) => probe.close(() => resolve()));
      const peerId = Buffer.from('-TE0001-............');
      const options = { peerId, host: HOST, port, link: UNLIMITED, uploadSlots: 4, neighbours: 50 };
      const timetable = [
        { from: '00:00', to: '23:59', limits: {} },
        { from: '25:00', to: '26:00', limits: {} },
      ];
      await expect(maker.make({ ...options, timetable })).rejects.toMatchObject({ code: 'CONFIG' });
      const client = await maker.make(options);
      await client.stop();
    });

    it('takes only a port that is free', async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
      onTestFinished(() => {
        server.close();
      });
      const { port } = server.address() as { port: number };
      const options = { host: HOST, port, link: UNLIMITED, uploadSlots: 4, neighbours: 50 };
      const peerId = Buffer.from('-TE0001-............');
      await expect(maker.make({ ...options, peerId })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    });
  });
}
