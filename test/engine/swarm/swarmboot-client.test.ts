import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { BLOCK_BYTES } from '../../../src/engine/image/metainfo.ts';
import { BEST_POLICIES, type SwarmPolicies } from '../../../src/engine/swarm/swarm-client.ts';
import { swarmboot } from '../../../src/engine/swarm/swarmboot-client.ts';
import { someBytes } from '../an-image.ts';
import { aSwarm } from './a-swarm.ts';
import { describeSwarmClient, PartlyFullStore, PIECE } from './swarm-client-contract.ts';

describeSwarmClient(swarmboot);

describe('a store that has parts of pieces', () => {
  const image = someBytes(6 * PIECE);
  /** The first of the two blocks of every piece but the last, of which there is nothing. */
  const isHeld = (piece: number, block: number): boolean => piece < 5 && block === 0;

  async function downloadInto(store: PartlyFullStore): Promise<number> {
    const swarm = await aSwarm(image, PIECE);
    await swarm.seed(await swarm.aPeer('seeder'));
    const { client } = await swarm.aPeer('leecher');
    await client.download(swarm.metainfo, store);
    return client.statistics().downloadedBytes;
  }

  it('has only the other blocks fetched', async () => {
    const store = new PartlyFullStore(image, isHeld);
    for (const [piece, bytes] of store.pieces)
      store.pieces.set(piece, wiped(bytes, piece < 5 ? BLOCK_BYTES : 0));
    expect(await downloadInto(store)).toBe(5 * BLOCK_BYTES + PIECE);
    expect(store.content()).toEqual(image);
    expect(store.writtenPieces).toHaveLength(6);
  });

  it('has a piece fetched as a whole where what it gave was wrong, and nobody is banned for it', async () => {
    const store = new PartlyFullStore(image, isHeld);
    store.pieces.set(2, wiped(store.pieces.get(2)!, 0));
    expect(await downloadInto(store)).toBe(5 * BLOCK_BYTES + PIECE + PIECE);
    expect(store.content()).toEqual(image);
  });
});

describe('a store that cannot read one of its pieces', () => {
  /** It has everything but for a disk that does not give out piece 3. */
  class SpoiltStore extends PartlyFullStore {
    reads = 0;

    override async read(piece: number, offset: number, into: Uint8Array): Promise<Uint8Array> {
      if (piece !== 3) return super.read(piece, offset, into);
      this.reads++;
      throw new Error('the disk does not answer');
    }
  }

  it('gives all others, asks its disk once, and leaves that one to the rest of the swarm', async () => {
    const image = someBytes(8 * PIECE);
    const swarm = await aSwarm(image, PIECE);
    const spoilt = await swarm.aPeer('spoilt');
    const leecher = await swarm.aPeer('leecher');
    const spoiltStore = new SpoiltStore(image, () => true);
    await spoilt.client.download(swarm.metainfo, spoiltStore);
    const store = new PartlyFullStore(image, () => false);
    const done = leecher.client.download(swarm.metainfo, store);
    while (leecher.client.statistics().downloadedBytes < 7 * PIECE) await sleep(20);
    // Long enough for many rounds of requests and rejects.
    await sleep(1_000);
    expect(spoiltStore.reads).toBe(1);
    await swarm.seed(await swarm.aPeer('seeder'));
    await done;
    expect(store.content()).toEqual(image);
    const { byPeer } = leecher.client.statistics();
    expect(byPeer.get(spoilt.peerId.toString('hex'))?.downloadedBytes).toBe(7 * PIECE);
    expect(spoilt.client.statistics().uploadedBytes).toBe(7 * PIECE);
  });
});

/** A copy with zeros from `from` on. */
function wiped(bytes: Uint8Array, from: number): Uint8Array {
  return Uint8Array.from(bytes).fill(0, from);
}

describe('a swarm of our clients', () => {
  it.each<Partial<SwarmPolicies>>([
    { picker: 'sampled' },
    { picker: 'random' },
    { picker: 'sequential' },
    { randomFirst: 4 },
    { choker: 'classic' },
    { choker: 'classic', seeder: 'plain' },
    { seeder: 'superseed' },
    { seeder: 'plain' },
    { pipeline: 'measured' },
    { crossing: 'free' },
  ])('is complete with %o instead of what is best', async (other) => {
    const policies: SwarmPolicies = { ...BEST_POLICIES, ...other };
    const swarm = await aSwarm(someBytes(40 * 16_384), 16_384);
    await swarm.seed(await swarm.aPeer('seeder', { policies }));
    const leechers = await Promise.all(
      ['one', 'two', 'three'].map((name) => swarm.aPeer(name, { policies })),
    );
    for (const bytes of await Promise.all(leechers.map((leecher) => swarm.download(leecher))))
      expect(Buffer.compare(bytes, swarm.image)).toBe(0);
  });
});
