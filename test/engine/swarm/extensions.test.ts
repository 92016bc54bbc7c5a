import { connect, createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { decodeBencode } from '../../../src/engine/bencode.ts';
import type { Metainfo } from '../../../src/engine/image/metainfo.ts';
import { startTracker } from '../../../src/engine/swarm/tracker.ts';
import { encodeExchange } from '../../../src/engine/swarm/wire/exchange-codec.ts';
import { encodeIntroduction } from '../../../src/engine/swarm/wire/extension-codec.ts';
import type { Message } from '../../../src/engine/swarm/wire/message.ts';
import { remade } from '../a-metainfo.ts';
import { someBytes } from '../an-image.ts';
import { HostilePeer } from './a-hostile-peer.ts';
import { aSwarm, ImageInMemory, type SwarmPeer } from './a-swarm.ts';

const HOST = '127.0.0.1';
const PIECE = 65_536;
const IMAGE = someBytes(24 * PIECE);
const INTRODUCTION = { exchanges: true, site: '', isDealer: false, queuedRequests: 250, yourHost: HOST };

/** A tracker beside that of the swarm. */
async function anotherTracker(metainfo: Metainfo, host = HOST): Promise<string> {
  const tracker = await startTracker(host, 0);
  onTestFinished(() => tracker.close());
  tracker.serve(metainfo.infoHash);
  return tracker.announceUrl;
}

/** A client of ours that seeds a torrent, and a stranger that is connected to it and tells it addresses. */
async function aTalk({ isPrivate }: { isPrivate: boolean }) {
  const swarm = await aSwarm(IMAGE, PIECE);
  const tracker = await anotherTracker(remade(swarm.metainfo, { isPrivate }));
  const metainfo = remade(swarm.metainfo, { isPrivate, trackers: [tracker] });
  const ours = await swarm.aPeer('ours', { site: 'Halle 3' });
  await ours.client.seed(metainfo, new ImageInMemory(IMAGE, PIECE));
  const target = { host: HOST, port: ours.port, infoHash: metainfo.infoHash, pieces: 24 };
  const stranger = new HostilePeer(target);
  const introduction = Promise.withResolvers<ReadonlyMap<string, unknown>>();
  const answered = Promise.withResolvers<void>();
  stranger.hear((message) => {
    if (message.kind === 'unchoke') answered.resolve();
    if (message.kind !== 'extended' || message.id !== 0) return;
    introduction.resolve(decodeBencode(message.payload) as ReadonlyMap<string, unknown>);
  });
  return {
    ours,
    stranger: stranger.introduce(),
    introduction: introduction.promise,
    /** Resolves when all that was said before has been heard. */
    heard(): Promise<void> {
      stranger.say({ kind: 'interested' });
      return answered.promise;
    },
  };
}

function exchange(added: string[]): Message {
  return { kind: 'extended', id: 1, payload: encodeExchange({ added, dropped: [] }) };
}

/** Counts the calls at a port, at all addresses of this computer. */
async function aCallCount() {
  const calls = new Set<string>();
  const last = Promise.withResolvers<void>();
  const server = createServer((socket) => {
    socket.on('error', () => {});
    onTestFinished(() => {
      socket.destroy();
    });
    if (socket.localAddress === '127.9.9.9') last.resolve();
    else calls.add(socket.localAddress!);
  });
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  onTestFinished(() => {
    server.close();
  });
  const { port } = server.address() as { port: number };
  return {
    port,
    /** Calls are taken in the order in which they came: when our own is there, those before it are. */
    async callers(): Promise<string[]> {
      const own = connect({ port, host: '127.9.9.9' });
      await last.promise;
      own.destroy();
      return [...calls];
    },
  };
}

describe('our client and a stranger', () => {
  it('introduce themselves to each other', async () => {
    const { ours, introduction } = await aTalk({ isPrivate: false });
    const said = await introduction;
    expect(said.get('m')).toEqual(new Map([['ut_pex', 1]]));
    expect(said.get('p')).toBe(ours.port);
    expect(Buffer.from(said.get('site') as Uint8Array).toString()).toBe('Halle 3');
    expect(said.get('yourip')).toEqual(Uint8Array.of(127, 0, 0, 1));
  });

  it('call whom the other tells of', async () => {
    const { stranger, heard } = await aTalk({ isPrivate: false });
    const { port, callers } = await aCallCount();
    stranger.say(exchange([`127.0.0.5:${port}`]));
    await heard();
    expect(await callers()).toEqual(['127.0.0.5']);
  });

  it('neither offer nor take peer exchange in a private torrent (BEP 27)', async () => {
    const { stranger, heard, introduction } = await aTalk({ isPrivate: true });
    expect((await introduction).get('m')).toEqual(new Map());
    const { port, callers } = await aCallCount();
    stranger.say(exchange([`127.0.0.5:${port}`]));
    await heard();
    expect(await callers()).toEqual([]);
  });

  it('make no more than half of their calls to whom a flood of messages tells of', async () => {
    const { stranger, heard } = await aTalk({ isPrivate: false });
    const { port, callers } = await aCallCount();
    for (let message = 0; message < 200; message++) {
      stranger.say(
        exchange(Array.from({ length: 50 }, (_, peer) => `127.0.${message + 1}.${peer + 1}:${port}`)),
      );
    }
    await heard();
    expect(await callers()).toHaveLength(25);
  });

  it('are told where the others of the swarm listen', async () => {
    const { stranger, ours } = await aTalk({ isPrivate: false });
    const told = Promise.withResolvers<Message>();
    stranger.hear((message) => (message.kind === 'extended' && message.id === 7 ? told.resolve(message) : 0));
    const other = new HostilePeer(stranger.target).ignore().introduce();
    other.say({ kind: 'extended', id: 0, payload: encodeIntroduction({ ...INTRODUCTION, port: 4242 }) });
    stranger.say({ kind: 'extended', id: 0, payload: Buffer.from('d1:md6:ut_pexi7eee') });
    const { payload } = (await told.promise) as Extract<Message, { kind: 'extended' }>;
    const addresses = (decodeBencode(payload) as ReadonlyMap<string, Uint8Array>).get('added');
    expect(addresses).toEqual(Uint8Array.of(127, 0, 0, 1, 4242 >> 8, 4242 & 0xff));
    expect(ours.client.statistics().share).toBe(1);
  });

  it.each([
    ['is no bencoding', Buffer.from('hello')],
    ['never ends', Buffer.from('d1:m')],
    ['would end other programs', Buffer.from('l-3:e')],
    ['is nested too deeply', Buffer.from('l'.repeat(10_000))],
  ])('part where an introduction %s', async (_how, payload) => {
    const { stranger, introduction } = await aTalk({ isPrivate: false });
    await introduction;
    stranger.say({ kind: 'extended', id: 0, payload });
    await stranger.closed();
  });
});

describe('a peer that no tracker knows', () => {
  it.each([HOST, '::1'])('is found through another at %s', async (host) => {
    const swarm = await aSwarm(IMAGE, PIECE, host);
    const torrent = remade(swarm.metainfo, { isPrivate: false });
    const [left, right] = [await anotherTracker(torrent, host), await anotherTracker(torrent, host)];
    const torrentAt = (...trackers: string[]) => remade(swarm.metainfo, { isPrivate: false, trackers });
    const image = new ImageInMemory(IMAGE, PIECE);
    const between: SwarmPeer = await swarm.aPeer('between', { link: { upBps: 50_000 } });
    const hidden = await swarm.aPeer('hidden');
    await between.client.seed(torrentAt(left, right), image);
    await hidden.client.seed(torrentAt(right), image);
    const leecher = await swarm.aPeer('leecher');
    const store = new ImageInMemory(new Uint8Array(IMAGE.length), PIECE);
    await leecher.client.download(torrentAt(left), store);
    expect(Buffer.compare(store.bytes, IMAGE)).toBe(0);
    const { byPeer } = leecher.client.statistics();
    expect(byPeer.get(hidden.peerId.toString('hex'))?.downloadedBytes).toBeGreaterThan(IMAGE.length / 2);
  });
});
