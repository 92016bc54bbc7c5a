import { array, assert, asyncProperty, integer, nat } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PieceCache } from '../../../src/engine/swarm/piece-cache.ts';

/** Bytes that say which piece they are. */
function bytesOf(piece: number): Uint8Array {
  return Uint8Array.of(piece);
}

/** A disk that notes which pieces were read. */
function aDisk() {
  const reads: number[] = [];
  return {
    reads,
    async read(piece: number): Promise<Uint8Array> {
      reads.push(piece);
      return bytesOf(piece);
    },
  };
}

/** Borrows a piece, gives it back, and says what it was. */
async function used(cache: PieceCache, piece: number): Promise<Uint8Array> {
  const { bytes, giveBack } = cache.borrow(piece);
  try {
    return await bytes;
  } finally {
    giveBack();
  }
}

/** Takes what a cache keeps no more. */
function forgotten(): void {}

describe('the piece cache', () => {
  it('reads a piece once, however many ask for it at once and later', async () => {
    const disk = aDisk();
    const cache = new PieceCache(4, disk.read, forgotten);
    expect(await Promise.all([used(cache, 3), used(cache, 3)])).toEqual([bytesOf(3), bytesOf(3)]);
    expect(cache.borrow(3).bytes).toEqual(bytesOf(3));
    expect(disk.reads).toEqual([3]);
  });

  it('does not read what was put into it', () => {
    const disk = aDisk();
    const cache = new PieceCache(4, disk.read, forgotten);
    cache.put(1, bytesOf(1));
    expect(cache.borrow(1).bytes).toEqual(bytesOf(1));
    expect(disk.reads).toEqual([]);
  });

  it('forgets the piece that was used the longest ago', async () => {
    const disk = aDisk();
    const cache = new PieceCache(2, disk.read, forgotten);
    for (const piece of [1, 2, 1, 3, 1, 2]) await used(cache, piece);
    expect(disk.reads).toEqual([1, 2, 3, 2]);
  });

  it('keeps no more pieces than it may, in whatever order they are asked for and come', async () => {
    await assert(
      asyncProperty(
        integer({ min: 1, max: 4 }),
        array(array(nat(12), { maxLength: 12 })),
        async (capacity, rounds) => {
          const cache = new PieceCache(capacity, async (piece) => bytesOf(piece), forgotten);
          for (const round of rounds) await Promise.all(round.map((piece) => used(cache, piece)));
          const kept = Array.from({ length: 13 }, (_, piece) => piece).filter(
            (piece) => cache.borrow(piece).bytes instanceof Uint8Array,
          );
          expect(kept.length).toBeLessThanOrEqual(capacity);
        },
      ),
    );
  });

  it('keeps what is on loan beside what it may keep, and gives it up once it is back', async () => {
    const evicted: number[] = [];
    const cache = new PieceCache(1, aDisk().read, (bytes) => evicted.push(bytes[0]!));
    const loan = cache.borrow(1);
    await loan.bytes;
    const brought = cache.put(2, bytesOf(2));
    cache.put(3, bytesOf(3)).giveBack();
    expect(evicted).toEqual([]);
    brought.giveBack();
    expect(evicted).toEqual([2]);
    loan.giveBack();
    expect(evicted).toEqual([2, 1]);
    cache.put(4, bytesOf(4)).giveBack();
    expect(evicted).toEqual([2, 1, 3]);
  });

  it('tries again to read what could not be read', async () => {
    let isBroken = true;
    const cache = new PieceCache(
      2,
      async (piece) => {
        if (isBroken) throw new Error('the disk does not answer');
        return bytesOf(piece);
      },
      forgotten,
    );
    await expect(used(cache, 5)).rejects.toThrow('does not answer');
    isBroken = false;
    expect(await used(cache, 5)).toEqual(bytesOf(5));
  });
});
