import { describe, expect, it } from 'vitest';
import { DiskWriter } from '../../../src/engine/agent/disk-writer.ts';
import { verifyDisk } from '../../../src/engine/agent/verify-disk.ts';
import { makeMetainfo } from '../../../src/engine/image/metainfo.ts';
import { anImageFile, someBytes } from '../an-image.ts';
import { MemoryDisk } from './disks.ts';

const PIECE = 16_384;
const IMAGE = someBytes(3 * PIECE + 77);

async function verify(disk: MemoryDisk): Promise<number[]> {
  const metainfo = await makeMetainfo({ imageFile: await anImageFile(IMAGE), pieceBytes: PIECE });
  const shares: number[] = [];
  await verifyDisk(new DiskWriter(disk, IMAGE.length), metainfo, (share) => shares.push(share));
  return shares;
}

describe('reading a disk back', () => {
  it('flushes, then finds every piece good', async () => {
    const disk = new MemoryDisk(IMAGE.length);
    disk.bytes.set(IMAGE);
    expect(await verify(disk)).toEqual([0.25, 0.5, 0.75, 1]);
    expect(disk.isFlushed).toBe(true);
  });

  it.each([
    [0, 'piece 0 at disk offset 0'],
    [2 * PIECE + 5, 'piece 2 at disk offset 32768'],
    [IMAGE.length - 1, 'piece 3 at disk offset 49152'],
  ])('names the piece of a single wrong bit at byte %i', async (place, name) => {
    const disk = new MemoryDisk(IMAGE.length);
    disk.bytes.set(IMAGE);
    disk.bytes[place]! ^= 1;
    await expect(verify(disk)).rejects.toMatchObject({
      code: 'BAD_PIECE',
      message: `${name} does not match its hash`,
    });
  });
});
