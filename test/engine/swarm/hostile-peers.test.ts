import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it, onTestFinished } from 'vitest';
import { swarmboot } from '../../../src/engine/swarm/swarmboot-client.ts';
import { encodeExchange } from '../../../src/engine/swarm/wire/exchange-codec.ts';
import { encodeIntroduction } from '../../../src/engine/swarm/wire/extension-codec.ts';
import { someBytes } from '../an-image.ts';
import { HostilePeer, type Target } from './a-hostile-peer.ts';
import { type ASwarm, aFreePort, aSwarm, type SwarmPeer } from './a-swarm.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const PIECE = 65_536;
const PIECES = 24;
/** So slow that a download takes longer than any attack needs to begin. */
const UP_BPS = 2_000_000;

async function aSwarmOfThree() {
  const swarm = await aSwarm(someBytes((PIECES - 1) * PIECE + 12_345), PIECE);
  const seeder = await swarm.aPeer('seeder', { link: { upBps: UP_BPS } });
  await swarm.seed(seeder);
  const leechers = [await swarm.aPeer('first'), await swarm.aPeer('second')];
  return { swarm, seeder, leechers, all: [seeder, ...leechers] };
}

function targetOf({ host, metainfo }: ASwarm, { port }: SwarmPeer): Target {
  return { host, port, infoHash: metainfo.infoHash, pieces: metainfo.pieceHashes.length };
}

function length(bytes: number, ...rest: number[]): Uint8Array {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(bytes);
  return Buffer.concat([head, Uint8Array.from(rest)]);
}

/** Who says nothing is hung up on after more than two minutes: what is over sooner was not for that. */
const SOONER_THAN_SILENCE_MS = 60_000;

/** A peer that says it has everything, lets everybody ask, and answers as it likes. */
function aSource(
  target: Target,
  answer: (peer: HostilePeer, block: Parameters<HostilePeer['sendBlock']>[0]) => void,
) {
  const peer = new HostilePeer(target).introduce();
  peer.answer((block) => answer(peer, block));
  peer.say({ kind: 'haveAll' }, { kind: 'unchoke' });
}

/** What a hostile peer does once it is connected. */
const ATTACKS: readonly [name: string, attack: (target: Target) => void][] = [
  [
    'sends garbage instead of a handshake',
    (target) => new HostilePeer(target).ignore().write(someBytes(5_000, 'garbage')),
  ],
  ['wants another torrent', (target) => new HostilePeer(target).ignore().introduce('ab'.repeat(20))],
  ['says nothing', (target) => new HostilePeer(target).ignore()],
  ['says nothing but its name', (target) => new HostilePeer(target).ignore().introduce()],
  [
    'sends its handshake byte by byte and never ends',
    async (target) => {
      const peer = new HostilePeer(target).ignore();
      while (!peer.isClosed) {
        peer.write(Uint8Array.of(0x13));
        await sleep(100);
      }
    },
  ],
  [
    'promises a message of 4 GiB',
    (target) => new HostilePeer(target).ignore().introduce().write(length(0xffff_ffff, 20)),
  ],
  [
    'promises a block of 4 GiB',
    (target) => new HostilePeer(target).ignore().introduce().write(length(0xffff_ffff, 7), Buffer.alloc(100)),
  ],
  [
    'sends a message that is too short for its number',
    (target) =>
      new HostilePeer(target)
        .ignore()
        .introduce()
        .write(length(2, 6, 0)),
  ],
  [
    'asks for bytes outside of the image and goes on talking',
    (target) => {
      const peer = new HostilePeer(target).ignore().introduce();
      peer.say(
        { kind: 'interested' },
        { kind: 'request', piece: target.pieces, begin: 0, length: 16_384 },
        { kind: 'have', piece: 0 },
        { kind: 'unchoke' },
      );
      peer.sendBlock({ piece: 0, begin: 0, length: 100 }, new Uint8Array(100));
    },
  ],
  [
    'announces pieces that do not exist',
    (target) => new HostilePeer(target).ignore().introduce().say({ kind: 'have', piece: 0xffff_ffff }),
  ],
  [
    'sends a bitfield of a wrong length',
    (target) =>
      new HostilePeer(target)
        .ignore()
        .introduce()
        .say({ kind: 'bitfield', bits: new Uint8Array(99) }),
  ],
  [
    'floods with announcements of pieces',
    (target) => {
      const haves = Array.from({ length: 50_000 }, (_, place) => ({
        kind: 'have' as const,
        piece: place % target.pieces,
      }));
      new HostilePeer(target)
        .ignore()
        .introduce()
        .say(...haves);
    },
  ],
  [
    'floods with requests and does not read the answers',
    (target) => {
      const request = { kind: 'request', piece: 0, begin: 0, length: 16_384 } as const;
      const peer = new HostilePeer(target).introduce();
      peer.say({ kind: 'interested' }, ...Array.from({ length: 50_000 }, () => request));
    },
  ],
  [
    'chokes, unchokes, likes and dislikes without end',
    (target) => {
      const moods = ['choke', 'unchoke', 'interested', 'notInterested', 'haveNone', 'haveAll'] as const;
      const messages = Array.from({ length: 5_000 }, (_, place) => ({ kind: moods[place % moods.length]! }));
      new HostilePeer(target)
        .ignore()
        .introduce()
        .say(...messages);
    },
  ],
  [
    'introduces itself in bencoding that has no end',
    (target) => {
      const payload = Buffer.from('l'.repeat(10_000));
      new HostilePeer(target).ignore().introduce().say({ kind: 'extended', id: 0, payload });
    },
  ],
  [
    'introduces itself without end, and tells of peers that do not exist',
    (target) => {
      const port = target.port;
      const ours = {
        exchanges: true,
        site: 'x',
        isDealer: true,
        queuedRequests: 1,
        yourHost: '::',
        port,
      };
      const introduction = { kind: 'extended', id: 0, payload: encodeIntroduction(ours) } as const;
      const added = Array.from({ length: 50 }, (_, peer) => `127.3.3.${peer}:9`);
      const payload = encodeExchange({ added, dropped: added });
      const both = [introduction, { kind: 'extended', id: 1, payload }] as const;
      new HostilePeer(target)
        .ignore()
        .introduce()
        .say(...Array.from({ length: 2_000 }, () => both).flat());
    },
  ],
  [
    'sends blocks that nobody asked for',
    (target) => {
      const peer = new HostilePeer(target).ignore().introduce();
      for (let piece = 0; piece < target.pieces; piece++) {
        peer.sendBlock({ piece, begin: 0, length: 16_384 }, new Uint8Array(16_384));
      }
    },
  ],
  [
    'answers every request with wrong data',
    (target) => aSource(target, (peer, block) => peer.sendBlock(block, new Uint8Array(block.length))),
  ],
  [
    'rejects every request',
    (target) => aSource(target, (peer, block) => peer.say({ kind: 'reject', ...block })),
  ],
  [
    'hangs up in the middle of a block',
    (target) =>
      aSource(target, (peer, block) => {
        peer.sendBlock(block, new Uint8Array(100));
        peer.socket.end();
      }),
  ],
];

/**
 * What three clients may take more of while they are attacked: each keeps up to 8 MiB for pieces to come, and the rest is
 * for messages of nine attackers that are on their way. The images are there before. Requests that nobody reads the answers
 * to took 104 MiB where each answer waited by itself.
 */
const MOST_GROWTH_BYTES = 32 * 2 ** 20;

/** Memory that is in use and not the attackers', by a collector that has just been. */
function usedBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external - HostilePeer.unsentBytes();
}

/** Looks at the memory until it is told to stop. @returns the most that was in use beyond that of the beginning */
async function growthUntil(over: Promise<unknown>): Promise<number> {
  const begin = usedBytes();
  let isOver = false;
  over.finally(() => {
    isOver = true;
  });
  let most = 0;
  do {
    most = Math.max(most, usedBytes() - begin);
    await sleep(50);
  } while (!isOver);
  return most;
}

/** Connections to these ports of loopback that are open, seen from those who called: their own ports and whom they called. */
async function linksTo(ports: readonly number[]): Promise<string[]> {
  const table = await readFile('/proc/self/net/tcp', 'utf8');
  const [loopback, established] = ['0100007F', '01'];
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , remote = '', state]) => remote.startsWith(`${loopback}:`) && state === established)
    .map(([, local, remote]) => [local, remote].map((end) => Number.parseInt(end!.split(':')[1]!, 16)))
    .filter(([, remote]) => ports.includes(remote!))
    .map(([local, remote]) => `${local} ${remote}`);
}

describe('a swarm of good peers', () => {
  it.each(ATTACKS)(
    'is complete, linked and small in spite of a peer that %s',
    async (_name, attack) => {
      const { swarm, leechers, all } = await aSwarmOfThree();
      const ports = all.map(({ port }) => port);
      const downloads = Promise.all(leechers.map((leecher) => swarm.download(leecher)));
      downloads.catch(() => {});
      // Each with both others.
      await expect.poll(() => linksTo(ports), { timeout: 20_000 }).toHaveLength(3);
      const links = await linksTo(ports);
      const growth = growthUntil(downloads);
      for (const peer of all) for (let copy = 0; copy < 3; copy++) attack(targetOf(swarm, peer));
      for (const bytes of await downloads) expect(Buffer.compare(bytes, swarm.image)).toBe(0);
      expect(await growth).toBeLessThan(MOST_GROWTH_BYTES);
      expect(await linksTo(ports)).toEqual(expect.arrayContaining(links));
    },
    60_000,
  );

  it(
    'bans whoever sends wrong data, even where a piece came from several, and nobody else',
    async () => {
      const { swarm, leechers } = await aSwarmOfThree();
      const [first] = leechers;
      const download = swarm.download(first!);
      const target = targetOf(swarm, first!);
      const liar = new HostilePeer(target).introduce(target.infoHash, 'the-old-liar');
      liar.answer((block) => {
        // Right in all but one block of a piece: its own good ones and those of others are no proof of anything.
        const start = block.piece * PIECE + block.begin;
        const data = Buffer.from(swarm.image.subarray(start, start + block.length));
        if (block.begin === 16_384) data.fill(0);
        liar.sendBlock(block, data);
      });
      liar.say({ kind: 'haveAll' }, { kind: 'unchoke' });
      await liar.closed();
      await new HostilePeer(target).ignore().introduce(target.infoHash, 'the-old-liar').closed();
      const stranger = new HostilePeer(target).ignore().introduce();
      expect(Buffer.compare(await download, swarm.image)).toBe(0);
      await sleep(500);
      expect(stranger.isClosed).toBe(false);
    },
    SOONER_THAN_SILENCE_MS,
  );

  it.each([
    ['that say nothing', (target: Target) => new HostilePeer(target).ignore()],
    ['that say no more than their names', (target: Target) => new HostilePeer(target).ignore().introduce()],
  ])('is complete and holds a bounded number of connections when 500 come %s', async (_how, open) => {
    const { swarm, seeder, leechers } = await aSwarmOfThree();
    const crowd = Array.from({ length: 500 }, () => open(targetOf(swarm, seeder)));
    await sleep(200);
    const downloads = leechers.map((leecher) => swarm.download(leecher));
    for (const bytes of await Promise.all(downloads)) expect(Buffer.compare(bytes, swarm.image)).toBe(0);
    expect(crowd.filter(({ isClosed }) => !isClosed).length).toBeLessThanOrEqual(250);
  });

  it('lets nobody in before there is a torrent, and a client that never had one can be stopped', async () => {
    const port = await aFreePort('127.0.0.1');
    const link = { upBps: Number.POSITIVE_INFINITY, downBps: Number.POSITIVE_INFINITY };
    const place = { host: '127.0.0.1', port, link, uploadSlots: 4, neighbours: 24 };
    const client = await swarmboot.make({
      peerId: Buffer.from('-TE0001-has no torrent'.slice(0, 20)),
      ...place,
    });
    const guest = new HostilePeer({ host: '127.0.0.1', port, infoHash: 'ab'.repeat(20), pieces: 1 }).ignore();
    await once(guest.socket, 'close');
    await client.stop();
  });

  it('has room for others where one host talks on all connections that it gets', async () => {
    const { swarm, seeder } = await aSwarmOfThree();
    const target = targetOf(swarm, seeder);
    const crowd: HostilePeer[] = [];
    for (let guest = 0; guest < 300; guest++) {
      const peer = new HostilePeer(target).ignore().introduce();
      peer.say({ kind: 'notInterested' });
      crowd.push(peer);
      await once(peer.socket, 'connect');
    }
    // Of 50 neighbours and 150 spare guests half.
    await expect.poll(() => crowd.filter(({ isClosed }) => !isClosed).length, { timeout: 20_000 }).toBe(100);
    const other = new HostilePeer(target, '127.0.0.2').introduce();
    await once(other.socket, 'data');
    await sleep(200);
    expect(other.isClosed).toBe(false);
  });

  it('is complete while 10,000 connections come, and holds a bounded number of them', async () => {
    const { swarm, seeder, leechers } = await aSwarmOfThree();
    const downloads = leechers.map((leecher) => swarm.download(leecher));
    const open = new Set<Socket>();
    onTestFinished(() => {
      for (const socket of open) socket.destroy();
    });
    let most = 0;
    for (let wave = 0; wave < 100; wave++) {
      const connected = Array.from({ length: 100 }, () => {
        // Not from the address whose free ports other tests look for.
        const socket = connect({ host: swarm.host, port: seeder.port, localAddress: '127.0.0.9' });
        open.add(socket);
        socket.on('error', () => {});
        socket.resume();
        socket.on('close', () => open.delete(socket));
        return Promise.race([once(socket, 'connect'), once(socket, 'close')]).catch(() => {});
      });
      await Promise.all(connected);
      await sleep(5);
      most = Math.max(most, open.size);
    }
    for (const bytes of await Promise.all(downloads)) expect(Buffer.compare(bytes, swarm.image)).toBe(0);
    await expect.poll(() => open.size, { timeout: 10_000 }).toBeLessThanOrEqual(250);
    expect(most).toBeLessThanOrEqual(1_000);
  });
});
