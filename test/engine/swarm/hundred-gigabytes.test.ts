import { hash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type Encodable, encodeBencode } from '../../../src/engine/bencode.ts';
import { type Metainfo, parseMetainfo, pieceLengthOf } from '../../../src/engine/image/metainfo.ts';
import type { ChunkStore } from '../../../src/engine/swarm/swarm-client.ts';
import { HostilePeer } from './a-hostile-peer.ts';
import { aSwarmOf } from './a-swarm.ts';

const IMAGE_BYTES = 100e9;
/** Pieces are alike in groups: as many contents as can be hashed in no time. */
const CONTENTS = 3;

/** An image of 100 GB that is nowhere: its bytes are made when they are asked for. */
class VirtualImage implements ChunkStore {
  readonly metainfo: Metainfo;
  /** Pieces that were written, all of them right. */
  readonly written = new Set<number>();
  readonly #contents: readonly Buffer[];

  constructor(pieceBytes: number, tracker: string) {
    this.#contents = Array.from({ length: CONTENTS }, (_, place) =>
      Buffer.alloc(pieceBytes, `content ${place}`),
    );
    const hashes = this.#contents.map((content) => Buffer.from(hash('sha1', content), 'hex'));
    const pieces = Math.ceil(IMAGE_BYTES / pieceBytes);
    const all = Buffer.alloc(pieces * 20, Buffer.concat(hashes));
    const last = this.#contentOf(pieces - 1).subarray(0, IMAGE_BYTES - (pieces - 1) * pieceBytes);
    all.write(hash('sha1', last), (pieces - 1) * 20, 'hex');
    const info = { name: 'virtual.img', length: IMAGE_BYTES, 'piece length': pieceBytes, pieces: all };
    const torrent = { info: new Map<string, Encodable>(Object.entries(info)), announce: tracker };
    this.metainfo = parseMetainfo(encodeBencode(new Map<string, Encodable>(Object.entries(torrent))));
  }

  async read(piece: number, offset: number, into: Uint8Array): Promise<Uint8Array> {
    into.set(this.#contentOf(piece).subarray(offset, offset + into.length));
    return into;
  }

  async write(piece: number, bytes: Uint8Array): Promise<void> {
    const expected = this.#contentOf(piece).subarray(0, pieceLengthOf(this.metainfo, piece));
    if (!expected.equals(bytes)) throw new Error(`piece ${piece} is wrong`);
    this.written.add(piece);
  }

  #contentOf(piece: number): Buffer {
    return this.#contents[piece % CONTENTS]!;
  }
}

/** The image where it is seeded, and where it is fetched to. */
async function aHundredGigabytes(pieceKib: number) {
  const images: VirtualImage[] = [];
  const swarm = await aSwarmOf(new Uint8Array(0), (tracker) => {
    for (let place = 0; place < 2; place++) images.push(new VirtualImage(pieceKib * 1024, tracker));
    return images[0]!.metainfo;
  });
  return { swarm, seeded: images[0]!, fetched: images[1]! };
}

function heldBytes(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

describe.each([16, 256, 16_384])('an image of 100 GB in pieces of %d KiB', (pieceKib) => {
  it('goes from one of our clients to another, in little memory', async () => {
    const { swarm, seeded, fetched } = await aHundredGigabytes(pieceKib);
    const before = heldBytes();
    const [seeder, leecher] = [await swarm.aPeer('seeder'), await swarm.aPeer('leecher')];
    await seeder.client.seed(swarm.metainfo, seeded);
    leecher.client.download(swarm.metainfo, fetched).catch(() => {});
    while (fetched.written.size < 12) await sleep(10);
    // Both hold pieces that come in, pieces that are served, and a few bits for each of all pieces. Garbage may lie
    // about for a while.
    await expect.poll(() => heldBytes() - before, { timeout: 30_000 }).toBeLessThan(320 * 2 ** 20);
  });

  it('is fetched to its last byte from a peer that has no more than its end', async () => {
    const { swarm, fetched } = await aHundredGigabytes(pieceKib);
    const { client, port } = await swarm.aPeer('leecher');
    const pieces = swarm.metainfo.pieceHashes.length;
    client.download(swarm.metainfo, fetched).catch(() => {});
    const peer = new HostilePeer({ host: swarm.host, port, infoHash: swarm.metainfo.infoHash, pieces });
    peer.answer(async (block) =>
      peer.sendBlock(block, await fetched.read(block.piece, block.begin, new Uint8Array(block.length))),
    );
    const bits = new Uint8Array(Math.ceil(pieces / 8));
    const end = [pieces - 3, pieces - 2, pieces - 1];
    for (const piece of end) bits[piece >> 3]! |= 0x80 >> (piece & 7);
    peer.introduce().say({ kind: 'bitfield', bits }, { kind: 'unchoke' });
    while (fetched.written.size < end.length) await sleep(10);
    expect([...fetched.written].toSorted((one, other) => one - other)).toEqual(end);
  });
});
