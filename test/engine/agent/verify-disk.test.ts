import { describe, expect, it } from 'vitest';
import { DiskWriter } from '../../../src/engine/agent/disk-writer.ts';
import { MediumReader } from '../../../src/engine/agent/medium-reader.ts';
import { verifyDisk } from '../../../src/engine/agent/verify-disk.ts';
import { type AGoldenImage, aGoldenImage } from './a-golden-image.ts';
import { ForgetfulDisk, MemoryDisk, UnreadableDisk } from './disks.ts';

async function verify(golden: AGoldenImage, disk: MemoryDisk, good: ReadonlySet<number> = new Set()) {
  const fetched: number[] = [];
  const shares: number[] = [];
  const chunks = golden.layout.chunks;
  const refetched = await verifyDisk({
    disk: new DiskWriter(disk, { sizeBytes: disk.bytes.length }),
    medium: new MediumReader(disk, false),
    chunks,
    good,
    async fetchAgain(number) {
      fetched.push(number);
      const { diskOffset, rawBytes } = chunks[number]!;
      return golden.disk.subarray(diskOffset, diskOffset + rawBytes);
    },
    progressed: (share) => shares.push(share),
  });
  return { refetched, fetched, shares };
}

async function aWrittenDisk(): Promise<{ golden: AGoldenImage; disk: MemoryDisk }> {
  const golden = await aGoldenImage();
  const disk = new MemoryDisk(golden.disk.length);
  disk.bytes.set(golden.disk);
  return { golden, disk };
}

describe('reading a disk back', () => {
  it('flushes, then finds every chunk good', async () => {
    const { golden, disk } = await aWrittenDisk();
    const { refetched, shares } = await verify(golden, disk);
    expect(refetched).toEqual([]);
    expect(shares).toHaveLength(20);
    expect(shares.at(-1)).toBe(1);
    expect(disk.isFlushed).toBe(true);
  });

  it('passes over what has been read back already', async () => {
    const { golden, disk } = await aWrittenDisk();
    for (const number of [7, 19]) disk.bytes[golden.layout.chunks[number]!.diskOffset]! ^= 1;
    const { refetched, shares } = await verify(golden, disk, new Set([3, 7]));
    expect(refetched).toEqual([19]);
    expect(shares[0]).toBeCloseTo(3 / 20);
    expect(shares.at(-1)).toBe(1);
  });

  it.each([0, 7, 19])('fetches chunk %i again when a single bit of it is wrong', async (number) => {
    const { golden, disk } = await aWrittenDisk();
    const { diskOffset, rawBytes } = golden.layout.chunks[number]!;
    disk.bytes[diskOffset + rawBytes - 1]! ^= 1;
    expect(await verify(golden, disk)).toMatchObject({ refetched: [number], fetched: [number] });
    expect(disk.bytes.equals(golden.disk)).toBe(true);
  });

  it('gives a disk up that does not keep what is written, and says where', async () => {
    const golden = await aGoldenImage();
    const { diskOffset } = golden.layout.chunks[6]!;
    const disk = new ForgetfulDisk(golden.disk.length, diskOffset + 100);
    disk.bytes.set(golden.disk);
    disk.bytes[diskOffset + 100]! ^= 1;
    await expect(verify(golden, disk)).rejects.toMatchObject({
      code: 'DISK_LIES',
      message: expect.stringContaining(`disk offset ${diskOffset}, `),
    });
  });

  it('repairs a place that cannot be read until it is written anew', async () => {
    const golden = await aGoldenImage();
    const disk = new UnreadableDisk(golden.disk.length, golden.layout.chunks[3]!.diskOffset, 1);
    disk.bytes.set(golden.disk);
    expect(await verify(golden, disk)).toMatchObject({ refetched: [3] });
  });

  it('gives a disk up that cannot be read back, and says where', async () => {
    const golden = await aGoldenImage();
    const { diskOffset } = golden.layout.chunks[3]!;
    const disk = new UnreadableDisk(golden.disk.length, diskOffset, Number.POSITIVE_INFINITY);
    disk.bytes.set(golden.disk);
    await expect(verify(golden, disk)).rejects.toMatchObject({
      code: 'DISK_BROKEN',
      message: `the disk reports an input/output error: disk offset ${diskOffset} could not be read (EIO)`,
    });
  });
});
