import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type AgentMemory, LEAST_MEMORY } from '../../../src/engine/agent/agent-memory.ts';
import { DiskStore } from '../../../src/engine/agent/disk-store.ts';
import { DiskWriter } from '../../../src/engine/agent/disk-writer.ts';
import { type FoundOnDisk, NOTHING_FOUND } from '../../../src/engine/agent/found-blocks.ts';
import { scanDisk } from '../../../src/engine/agent/scan-disk.ts';
import type { Lend } from '../../../src/engine/swarm/swarm-client.ts';
import { type AGoldenImage, aGoldenImage } from './a-golden-image.ts';
import { BrokenDisk, HesitantDisk, MemoryDisk } from './disks.ts';

const SMALL: AgentMemory = {
  ...LEAST_MEMORY,
  decodingBytes: 100_000,
  fragmentBytes: 30_000,
  wireFormBytes: 100_000,
  unflushedBytes: 200_000,
};

/** Who uses which bytes; when nobody does, something else is in them. */
class Loans {
  open = 0;

  of(bytes: Uint8Array): Lend {
    let users = 0;
    return () => {
      users++;
      this.open++;
      return () => {
        this.open--;
        if (--users === 0) bytes.fill(0xee);
      };
    };
  }
}

interface StoreWishes {
  readonly disk?: MemoryDisk;
  readonly found?: FoundOnDisk;
  readonly canEncode?: boolean;
}

interface Target {
  readonly disk: MemoryDisk;
  readonly store: DiskStore;
  readonly loans: Loans;
  /** What the store said to be flushed, flush by flush. */
  readonly flushed: number[][];
}

function aStore(
  golden: AGoldenImage,
  { disk, found = NOTHING_FOUND, canEncode = true }: StoreWishes = {},
): Target {
  const memoryDisk = disk ?? new MemoryDisk(golden.disk.length);
  const { image, layout } = golden;
  const writer = new DiskWriter(memoryDisk, { sizeBytes: golden.disk.length });
  const flushed: number[][] = [];
  return {
    disk: memoryDisk,
    flushed,
    store: new DiskStore({
      ...{ disk: writer, image, layout, found, memory: SMALL, canEncode },
      flushed: (chunks) => flushed.push([...chunks]),
    }),
    loans: new Loans(),
  };
}

function scan(golden: AGoldenImage, disk: MemoryDisk, isResumed = true): Promise<FoundOnDisk> {
  const writer = new DiskWriter(disk, { sizeBytes: disk.bytes.length });
  const { image, layout } = golden;
  return scanDisk({
    disk: writer,
    image,
    layout,
    memory: SMALL,
    canEncode: true,
    isResumed,
    progressed() {},
  });
}

/** Memory of pieces is used for something else when they are written and, of every other one, nobody has borrowed it. */
async function writeAll(
  { store, loans }: Target,
  golden: AGoldenImage,
  pieces: readonly number[],
): Promise<void> {
  await Promise.all(
    pieces.map(async (piece) => {
      const bytes = golden.piece(piece);
      const borrow = loans.of(bytes);
      const giveBack = borrow();
      await store.write(piece, bytes, piece % 2 === 0 ? borrow : undefined);
      giveBack();
    }),
  );
}

const ENCODINGS = [{ encoding: 'zstd' as const }, { encoding: 'raw' as const }];
const SHAPES = [
  { pieceBytes: 16_384, entropy: 24 },
  { pieceBytes: 65_536, entropy: 24 },
  { pieceBytes: 262_144, entropy: 24 },
  { pieceBytes: 16_384, entropy: 64 },
].flatMap((shape) => ENCODINGS.map((encoding) => ({ ...shape, ...encoding })));

describe('the disk as the store of a swarm', () => {
  it.each(SHAPES)('holds the image whatever the order in which pieces come: %o', async (shape) => {
    const golden = await aGoldenImage(shape);
    const pieces = [...Array(golden.layout.pieces).keys()];
    const orders = fc.shuffledSubarray(pieces, { minLength: pieces.length });
    await fc.assert(
      fc.asyncProperty(orders, async (order) => {
        const target = aStore(golden);
        for (let at = 0; at < order.length; at += 3) await writeAll(target, golden, order.slice(at, at + 3));
        expect(target.disk.bytes.equals(golden.disk)).toBe(true);
        expect(target.loans.open).toBe(0);
      }),
      { numRuns: 10 },
    );
  });

  it.each(SHAPES)('gives every piece just as it came, at any time: %o', async (shape) => {
    const golden = await aGoldenImage(shape);
    const target = aStore(golden);
    for (let piece = 0; piece < golden.layout.pieces; piece += 2) await writeAll(target, golden, [piece]);
    for (let piece = 0; piece < golden.layout.pieces; piece += 2) {
      const bytes = Buffer.alloc(golden.layout.bytesOf(piece));
      expect((await target.store.read(piece, 0, bytes)) === bytes).toBe(true);
      expect(bytes.equals(golden.piece(piece))).toBe(true);
    }
    for (let piece = 1; piece < golden.layout.pieces; piece += 2) await writeAll(target, golden, [piece]);
    for (let piece = 0; piece < golden.layout.pieces; piece++) {
      const part = await target.store.read(piece, 1000, Buffer.alloc(500));
      expect(Buffer.from(part).equals(golden.piece(piece).subarray(1000, 1500))).toBe(true);
    }
  });

  it('gives a piece of which a part is written over by its chunk while it is read', async () => {
    const golden = await aGoldenImage({ pieceBytes: 16_384, entropy: 64 });
    const disk = new HesitantDisk(golden.disk.length);
    const target = aStore(golden, { disk });
    // More than stays in memory: what came first is parked where the chunk itself will be.
    await writeAll(target, golden, [0, 2, 3, 4]);
    disk.hesitate();
    const reading = target.store.read(0, 0, Buffer.alloc(golden.layout.bytesOf(0)));
    await writeAll(target, golden, [1]);
    expect(target.store.chunksOnDisk).toContain(0);
    disk.goOn();
    expect(Buffer.from(await reading).equals(golden.piece(0))).toBe(true);
  });

  it('keeps no more of incomplete chunks in memory than it may', async () => {
    const golden = await aGoldenImage({ chunks: 60, entropy: 64, pieceBytes: 16_384 });
    const target = aStore(golden);
    let most = 0;
    for (const offset of [0, 2, 1, 3]) {
      for (let piece = offset; piece < golden.layout.pieces; piece += 4) {
        await writeAll(target, golden, [piece]);
        most = Math.max(most, target.store.waitingBytes);
      }
    }
    expect(target.disk.bytes.equals(golden.disk)).toBe(true);
    // What a wire form is longer than its chunk stays: a few bytes of each.
    expect(most).toBeLessThanOrEqual(SMALL.fragmentBytes + 60 * 64);
    expect(most).toBeGreaterThan(0);
    expect(target.loans.open).toBe(0);
  });

  it('flushes before more than a window is unflushed', async () => {
    const golden = await aGoldenImage();
    const target = aStore(golden);
    await writeAll(target, golden, [...Array(golden.layout.pieces).keys()]);
    expect(target.disk.isFlushed).toBe(true);
  });

  it('says after each flush which chunks were on the disk before it, those that were found as well', async () => {
    const golden = await aGoldenImage();
    const disk = new RememberingDisk(golden.disk.length);
    disk.bytes.set(golden.disk.subarray(0, golden.layout.chunks[2]!.diskOffset));
    const found = { chunks: new Set([0, 1]), pieces: new Set<number>() };
    const target = aStore(golden, { disk, found });
    await writeAll(target, golden, [...Array(golden.layout.pieces).keys()]);
    const all = target.flushed.flat();
    expect(all.length).toBeGreaterThan(2);
    expect(new Set(all).size).toBe(all.length);
    expect(target.flushed[0]).toEqual(expect.arrayContaining([0, 1]));
    expect(target.flushed).toHaveLength(disk.flushed.length);
    for (const [flush, chunks] of target.flushed.entries()) {
      for (const { diskOffset, rawBytes } of chunks.map((number) => golden.layout.chunks[number]!)) {
        const end = diskOffset + rawBytes;
        expect(
          disk.flushed[flush]!.subarray(diskOffset, end).equals(golden.disk.subarray(diskOffset, end)),
        ).toBe(true);
      }
    }
  });

  it('flushes, and parks what has waited for long, where pieces come so slowly that no window fills', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const golden = await aGoldenImage({ pieceBytes: 8192, entropy: 64 });
    const target = aStore(golden);
    await writeAll(target, golden, [0]);
    expect(target.store.waitingBytes).toBe(8192);
    vi.advanceTimersByTime(31_000);
    await writeAll(target, golden, [2]);
    expect(target.store.waitingBytes).toBe(8192);
    const { diskOffset } = golden.layout.chunks[0]!;
    expect(target.disk.bytes.subarray(diskOffset, diskOffset + 8192).equals(golden.piece(0))).toBe(true);
    expect(target.disk.isFlushed).toBe(true);
  });

  it('fails with the place where the disk breaks', async () => {
    const golden = await aGoldenImage();
    const disk = new BrokenDisk(golden.disk.length, 'EIO', 500_000);
    const target = aStore(golden, { disk });
    const all = writeAll(target, golden, [...Array(golden.layout.pieces).keys()]);
    await expect(all).rejects.toMatchObject({ code: 'DISK_BROKEN' });
  });

  it('fails where a piece is good and the chunk in it is not as long as the extent map says', async () => {
    const golden = await aGoldenImage({ pieceBytes: 262_144 });
    const chunk = golden.image.map.chunks[2]!;
    Object.assign(chunk, { rawBytes: chunk.rawBytes - 1 });
    const target = aStore(golden);
    const all = writeAll(target, golden, [...Array(golden.layout.pieces).keys()]);
    await expect(all).rejects.toMatchObject({ code: 'BAD_CHUNK', message: /chunk 2 at disk offset/ });
  });

  it('gives nothing rather than a piece that has changed on the disk', async () => {
    const golden = await aGoldenImage();
    const target = aStore(golden);
    await writeAll(target, golden, [...Array(golden.layout.pieces).keys()]);
    target.disk.bytes[golden.layout.chunks[3]!.diskOffset + 7]! ^= 1;
    const { piece } = golden.layout.spansOf(3)[0]!;
    const reading = target.store.read(piece, 0, Buffer.alloc(golden.layout.bytesOf(piece)));
    await expect(reading).rejects.toMatchObject({ code: 'WIRE_FORM' });
  });

  it('gives nothing from the disk where another library would have to make the wire form', async () => {
    const golden = await aGoldenImage();
    const found = { chunks: new Set([0, 1, 2, 3]), pieces: new Set<number>() };
    const target = aStore(golden, { found, canEncode: false });
    expect(target.store.held.hasBlock(0, 0)).toBe(false);
    await writeAll(target, golden, [...Array(golden.layout.pieces).keys()]);
    const reading = target.store.read(0, 0, Buffer.alloc(golden.layout.bytesOf(0)));
    await expect(reading).rejects.toMatchObject({ code: 'NOT_HELD' });
  });
});

describe('a disk that holds some of the image', () => {
  it.each(SHAPES)('is given what is missing, and no more: %o', async (shape) => {
    const golden = await aGoldenImage(shape);
    const disk = new MemoryDisk(golden.disk.length);
    disk.bytes.set(golden.disk);
    const changed = golden.layout.chunks[7]!;
    disk.bytes.fill(0x55, changed.diskOffset, changed.diskOffset + 100);
    const found = await scan(golden, disk, false);
    expect([...golden.layout.chunks.keys()].filter((chunk) => !found.chunks.has(chunk))).toEqual([7]);
    const target = aStore(golden, { disk, found });
    const missing = golden.layout.spansOf(7).map(({ piece }) => piece);
    for (let piece = 0; piece < golden.layout.pieces; piece++) {
      expect(target.store.held.hasPiece(piece)).toBe(!missing.includes(piece));
    }
    for (const piece of missing) {
      const bytes = golden.piece(piece);
      const has = (block: number) => target.store.held.hasBlock(piece, block);
      for (let block = 0; block * 16_384 < bytes.length; block++) {
        if (!has(block)) continue;
        const into = bytes.subarray(block * 16_384, (block + 1) * 16_384);
        const expected = Buffer.from(into);
        await target.store.read(piece, block * 16_384, into.fill(0));
        expect(expected.equals(into)).toBe(true);
      }
      await target.store.write(piece, bytes);
    }
    expect(disk.bytes.equals(golden.disk)).toBe(true);
  });

  it.each(ENCODINGS)('is taken up again where it was cut off, with what was parked: %o', async (encoding) => {
    const golden = await aGoldenImage({ ...encoding, pieceBytes: 16_384 });
    const first = aStore(golden);
    const pieces = [...Array(golden.layout.pieces).keys()];
    const early = pieces.filter((piece) => piece % 3 !== 1);
    for (const piece of early) await writeAll(first, golden, [piece]);
    const found = await scan(golden, first.disk);
    const second = aStore(golden, { disk: first.disk, found });
    const missing = pieces.filter((piece) => !second.store.held.hasPiece(piece));
    // Only what was in memory is lost: of each lost piece some part was there, the smallest of its parts or more.
    const lost = missing.filter((piece) => early.includes(piece));
    const spans = [...golden.layout.chunks.keys()].flatMap((chunk) => golden.layout.spansOf(chunk));
    const smallestPart = (piece: number): number =>
      Math.min(...spans.filter((span) => span.piece === piece).map(({ bytes }) => bytes));
    const lostBytes = lost.reduce((sum, piece) => sum + smallestPart(piece), 0);
    expect(lostBytes).toBeLessThanOrEqual(SMALL.fragmentBytes);
    for (const piece of missing) await writeAll(second, golden, [piece]);
    expect(first.disk.bytes.equals(golden.disk)).toBe(true);
  });

  it('is not scanned where it is blank, unless an earlier run was cut off', async () => {
    const golden = await aGoldenImage();
    const disk = new MemoryDisk(golden.disk.length);
    expect(await scan(golden, disk, false)).toBe(NOTHING_FOUND);
    const { diskOffset, rawBytes } = golden.layout.chunks[5]!;
    disk.bytes.set(golden.disk.subarray(diskOffset + 4096, diskOffset + rawBytes), diskOffset + 4096);
    disk.bytes.set(golden.disk.subarray(diskOffset, diskOffset + 4096), diskOffset);
    expect((await scan(golden, disk)).chunks).toEqual(new Set([5]));
  });
});

/** A disk that keeps what was on it when each flush began. */
class RememberingDisk extends MemoryDisk {
  readonly flushed: Buffer[] = [];

  override async sync() {
    this.flushed.push(Buffer.from(this.bytes));
    await super.sync();
  }
}
