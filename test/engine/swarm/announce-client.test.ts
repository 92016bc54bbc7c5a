import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createSocketServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeMetainfo } from '../../../src/engine/image/metainfo.ts';
import { AnnounceClient, type AnnounceOptions } from '../../../src/engine/swarm/announce-client.ts';
import { swarmboot } from '../../../src/engine/swarm/swarmboot-client.ts';
import { decodeTrackerAnswer } from '../../../src/engine/swarm/wire/announce-codec.ts';
import { remade } from '../a-metainfo.ts';
import { anImageFile, someBytes } from '../an-image.ts';
import { ImageInMemory } from './a-swarm.ts';

const PEER_ID = Buffer.from('-TE0001-announcer...');

/** A tracker that knows nobody and keeps what it is told; it refuses so many announces after the first. */
async function aTracker({ refusals = 0, answer = 'd8:intervali600e5:peers0:e' } = {}) {
  const heard: URLSearchParams[] = [];
  let next = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    heard.push(new URL(request.url!, 'http://tracker').searchParams);
    const isRefused = heard.length > 1 && heard.length <= 1 + refusals;
    response.end(isRefused ? 'd14:failure reason4:busye' : answer);
    next.resolve();
    next = Promise.withResolvers<void>();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/announce`, heard, next: () => next.promise };
}

async function anUnheardAnnouncer(
  url: string,
  wishes: Partial<AnnounceOptions> = {},
): Promise<AnnounceClient> {
  const metainfo = remade(
    await makeMetainfo({ imageFile: await anImageFile(someBytes(100_000)), pieceBytes: 65_536 }),
    { trackers: [url] },
  );
  const said = { metainfo, peerId: PEER_ID, host: '127.0.0.1', port: 6881, wanted: 7, leftBytes: 100_000 };
  const client = await AnnounceClient.start({ ...said, site: '', onPeer: () => {}, ...wishes });
  onTestFinished(() => client?.stop());
  return client!;
}

async function anAnnouncer(url: string, wishes: Partial<AnnounceOptions> = {}): Promise<AnnounceClient> {
  const client = await anUnheardAnnouncer(url, wishes);
  await client.answered;
  return client;
}

/** Of an answer that has more to come than the tracker sends. */
const HEAD = 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n';

describe('the announcer', () => {
  it('says at once that it asks no tracker by UDP', async () => {
    await expect(anUnheardAnnouncer('udp://127.0.0.1:6969/announce')).rejects.toThrow(
      'trackers are asked by HTTP (http://), and this torrent names udp://127.0.0.1:6969/announce',
    );
  });

  it('asks again where the tracker is away, and tells when it has been heard', async () => {
    let heard = 0;
    const away = createServer().listen(0, '127.0.0.1');
    await once(away, 'listening');
    const free = (away.address() as AddressInfo).port;
    away.close();
    await once(away, 'close');
    const announcer = anAnnouncer(`http://127.0.0.1:${free}/announce`);
    await sleep(500);
    const later = createServer((_, response) => {
      heard++;
      response.end('d8:intervali600e5:peers0:e');
    });
    onTestFinished(() => {
      later.close();
      later.closeAllConnections();
    });
    later.listen(free, '127.0.0.1');
    await announcer;
    expect(heard).toBe(1);
  });

  it('says at which site it is, and its address there', async () => {
    const { url, heard } = await aTracker();
    await anAnnouncer(url, { site: 'room 4', host: '127.0.0.3' });
    expect(Object.fromEntries(heard[0]!)).toMatchObject({ site: 'room 4', ip: '127.0.0.3', numwant: '7' });
  });

  it('finds that address itself where it listens at all', async () => {
    const { url, heard } = await aTracker();
    await anAnnouncer(url, { site: 'room 4', host: '0.0.0.0' });
    await anAnnouncer(url, { site: 'room 4', host: '::' });
    expect(heard.map((query) => query.get('ip'))).toEqual(['127.0.0.1', '127.0.0.1']);
  });

  it('says that it knows of sites where its own has no name, and not its address', async () => {
    const { url, heard } = await aTracker();
    await anAnnouncer(url);
    expect(heard[0]!.get('site')).toBe('');
    expect([...heard[0]!.keys()]).not.toContain('ip');
  });

  it('says how much is left whenever it asks, and that it goes', async () => {
    const { url, heard, next } = await aTracker();
    const client = await anAnnouncer(url);
    for (const say of [
      () => client.askForPeers(),
      () => client.completed(100_000),
      () => client.askForPeers(),
      () => client.stop(),
    ]) {
      const answered = next();
      say();
      await answered;
    }
    expect(heard.map((query) => [query.get('event') ?? '', query.get('left')])).toEqual([
      ['started', '100000'],
      ['', '100000'],
      ['completed', '0'],
      ['', '0'],
      ['stopped', '0'],
    ]);
  });

  it('tells once of each peer that it has lost, and of none that is back', async () => {
    const { url, heard, next } = await aTracker();
    const client = await anAnnouncer(url);
    for (const address of ['10.0.0.1:6881', '[2001:db8::1]:6881', '10.0.0.2:6881']) client.lost(address);
    client.found('10.0.0.2:6881');
    for (let ask = 0; ask < 2; ask++) {
      const answered = next();
      client.askForPeers();
      await answered;
    }
    const lost = heard.map((query) => query.get('lost'));
    expect(lost).toEqual([null, '[2001:db8::1]:6881,10.0.0.1:6881', null]);
  });

  it('tells first of those that it has lost last, and forgets the first of very many', async () => {
    const { url, heard, next } = await aTracker();
    const client = await anAnnouncer(url);
    for (let number = 0; number < 3000; number++) client.lost(`10.0.0.1:${number}`);
    for (let ask = 0; ask < 17; ask++) {
      const answered = next();
      client.askForPeers();
      await answered;
    }
    const told = heard.flatMap((query) => query.get('lost')?.split(',') ?? []);
    expect(told.slice(0, 2)).toEqual(['10.0.0.1:2999', '10.0.0.1:2998']);
    expect(told).toHaveLength(1024);
  });

  it('asks once more, however often it was to while the tracker thought', async () => {
    const { url, heard, next } = await aTracker();
    const client = await anAnnouncer(url);
    for (let ask = 0; ask < 5; ask++) client.askForPeers();
    const [first, completed] = [next(), () => client.completed(100_000)];
    await first;
    completed();
    for (let ask = 0; ask < 5; ask++) client.askForPeers();
    await expect.poll(() => heard.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(4);
    client.stop();
    await expect.poll(() => heard.at(-1)!.get('event'), { timeout: 10_000 }).toBe('stopped');
    const said = heard.map((query) => query.get('event') ?? 'regular');
    expect(said).toEqual(['started', 'regular', 'completed', 'regular', 'stopped']);
  });

  it('tells again of those it has lost where the tracker did not hear', async () => {
    const { url, heard, next } = await aTracker({ refusals: 1 });
    const client = await anAnnouncer(url);
    client.lost('10.0.0.1:6881');
    for (let ask = 0; ask < 2; ask++) {
      const answered = next();
      client.askForPeers();
      await answered;
    }
    expect(heard.slice(1).map((query) => query.get('lost'))).toEqual(['10.0.0.1:6881', '10.0.0.1:6881']);
  });

  it.each([
    ['breaks off in its answer', (socket: Socket) => socket.end(`${HEAD}d8:inter`)],
    [
      'answers what would fill the memory',
      (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nl-3:e'),
    ],
    ['never ends its answer', (socket: Socket) => socket.write(`${HEAD}d8:inter`)],
    ['is none', (socket: Socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')],
  ])('goes on, and can be stopped, where the tracker %s', async (_, answer) => {
    const heard: string[] = [];
    const server = createSocketServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', (bytes) => {
        heard.push(/event=(\w+)/.exec(bytes.toString('latin1'))?.[1] ?? '');
        answer(socket);
      });
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const client = await anUnheardAnnouncer(`http://127.0.0.1:${port}/announce`);
    const isHeard = client.answered.then(
      () => true,
      () => false,
    );
    while (heard.length === 0) await sleep(10);
    client.stop();
    while (heard.at(-1) !== 'stopped') await sleep(10);
    expect(heard[0]).toBe('started');
    expect(await isHeard).toBe(false);
  });

  it('takes peers in both forms of BEP 3 and 23, and of BEP 7', async () => {
    const compact = Buffer.concat([
      Buffer.from('d8:intervali60e5:peers6:'),
      Buffer.of(127, 0, 0, 1, 26, 225),
      Buffer.from('6:peers618:'),
      Buffer.of(...Array(15).fill(0), 1, 26, 226),
      Buffer.from('e'),
    ]);
    expect(decodeTrackerAnswer(compact).peers).toEqual(['127.0.0.1:6881', '[::1]:6882']);
    const listed = 'd8:intervali60e5:peersld2:ip9:127.0.0.14:porti6881eed2:ip3:::14:porti6882eei7eee';
    expect(decodeTrackerAnswer(Buffer.from(listed)).peers).toEqual(['127.0.0.1:6881', '[::1]:6882']);
  });

  it.each([
    ['i3000000000e', 3600],
    ['i-5e', 1],
    ['3:abc', 600],
  ])('keeps to a sane time where it is told %s', (interval, seconds) => {
    expect(decodeTrackerAnswer(Buffer.from(`d8:interval${interval}e`)).intervalS).toBe(seconds);
  });

  it('asks no sooner than it is told to, but says what happens', async () => {
    const { url, heard, next } = await aTracker({ answer: 'd8:intervali60e12:min intervali60e5:peers0:e' });
    const client = await anAnnouncer(url);
    client.askForPeers();
    const told = next();
    client.completed(100_000);
    await told;
    expect(heard.map((query) => query.get('event'))).toEqual(['started', 'completed']);
  });

  it('takes the least interval for the interval where that is shorter, or not said', () => {
    for (const bytes of ['d8:intervali60e12:min intervali900ee', 'd12:min intervali900ee'])
      expect(decodeTrackerAnswer(Buffer.from(bytes))).toMatchObject({ intervalS: 900, leastIntervalS: 900 });
    expect(decodeTrackerAnswer(Buffer.from('d8:intervali60ee')).leastIntervalS).toBe(0);
  });

  it('hears why it was refused', () => {
    const refusal = Buffer.from('d14:failure reason12:unknown filee');
    expect(() => decodeTrackerAnswer(refusal)).toThrow('unknown file');
  });

  it('is gone with a client that is stopped while it starts', async () => {
    const { url, heard } = await aTracker();
    const image = someBytes(100_000);
    const metainfo = remade(await makeMetainfo({ imageFile: await anImageFile(image), pieceBytes: 65_536 }), {
      trackers: [url],
    });
    const link = { upBps: Infinity, downBps: Infinity };
    const place = { host: '127.0.0.1', port: 0, site: 'a room', link, uploadSlots: 4, neighbours: 24 };
    const client = await swarmboot.make({ peerId: PEER_ID, ...place });
    const downloading = client.download(metainfo, new ImageInMemory(new Uint8Array(100_000), 65_536));
    const stopped = expect(downloading).rejects.toMatchObject({ code: 'SWARM' });
    await client.stop();
    await stopped;
    while (heard.at(-1)?.get('event') !== 'stopped') await sleep(20);
  });
});
