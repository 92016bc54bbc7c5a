import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeMetainfo } from '../../../src/engine/image/metainfo.ts';
import { AnnounceClient, type AnnounceOptions } from '../../../src/engine/swarm/announce-client.ts';
import { swarmboot } from '../../../src/engine/swarm/swarmboot-client.ts';
import { remade } from '../a-metainfo.ts';
import { anImageFile, someBytes } from '../an-image.ts';
import { ImageInMemory } from './a-swarm.ts';

const PEER_ID = Buffer.from('-TE0001-announcer...');

/** A tracker that knows nobody and keeps what it is told. */
async function aTracker() {
  const heard: URLSearchParams[] = [];
  let next = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    heard.push(new URL(request.url!, 'http://tracker').searchParams);
    response.end('d8:intervali600e5:peers0:e');
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

async function anAnnouncer(url: string, wishes: Partial<AnnounceOptions> = {}): Promise<AnnounceClient> {
  const metainfo = remade(
    await makeMetainfo({ imageFile: await anImageFile(someBytes(100_000)), pieceBytes: 65_536 }),
    { trackers: [url] },
  );
  const said = { metainfo, peerId: PEER_ID, host: '127.0.0.1', port: 6881, wanted: 7, leftBytes: 100_000 };
  const client = await AnnounceClient.start({ ...said, site: '', onPeer: () => {}, ...wishes });
  onTestFinished(() => client.stop());
  await client.answered;
  return client;
}

describe('the announcer', () => {
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

  it('says nothing of a site that it does not know', async () => {
    const { url, heard } = await aTracker();
    await anAnnouncer(url);
    expect([...heard[0]!.keys()]).not.toContain('site');
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
