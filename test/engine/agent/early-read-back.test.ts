import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { EarlyReadBack } from '../../../src/engine/agent/early-read-back.ts';
import { MediumReader } from '../../../src/engine/agent/medium-reader.ts';
import { type AGoldenImage, aGoldenImage } from './a-golden-image.ts';
import { HesitantDisk, MemoryDisk, UnreadableDisk } from './disks.ts';

/** Reads the chunks of a golden image back from a disk that has all of it. */
async function aReadBack({
  golden,
  disk,
  load,
}: {
  golden?: AGoldenImage;
  disk?: MemoryDisk;
  load?: { isHigh: boolean };
}) {
  const { image, disk: bytes } = golden ?? (await aGoldenImage());
  const written = disk ?? new MemoryDisk(bytes.length);
  written.bytes.set(bytes);
  const medium = new MediumReader(written, false);
  const { chunks } = image.map;
  const { chunkBytes } = image.manifest;
  const readBack = new EarlyReadBack({ medium, chunks, chunkBytes }, load ?? { isHigh: false });
  return { readBack, disk: written, chunks };
}

describe('reading chunks back while others come', () => {
  it('finds those that are on the medium, as often as some more have been flushed', async () => {
    const { readBack } = await aReadBack({});
    readBack.flushed([]);
    readBack.flushed([4, 0, 19]);
    await vi.waitFor(() => expect([...readBack.good]).toEqual([4, 0, 19]));
    readBack.flushed([7]);
    await vi.waitFor(() => expect([...readBack.good]).toEqual([4, 0, 19, 7]));
    await readBack.end();
  });

  it('leaves to the phase what is wrong and what cannot be read', async () => {
    const golden = await aGoldenImage();
    const { diskOffset } = golden.layout.chunks[3]!;
    const { readBack, disk, chunks } = await aReadBack({
      golden,
      disk: new UnreadableDisk(golden.disk.length, diskOffset, 1),
    });
    disk.bytes[chunks[5]!.diskOffset]! ^= 1;
    readBack.flushed([2, 3, 4, 5, 6]);
    await vi.waitFor(() => expect([...readBack.good]).toEqual([2, 4, 6]));
    await readBack.end();
  });

  it('waits as long as there is no time for it', async () => {
    const load = { isHigh: true };
    const { readBack } = await aReadBack({ load });
    readBack.flushed([1]);
    await sleep(250);
    expect(readBack.good.size).toBe(0);
    load.isHigh = false;
    await vi.waitFor(() => expect([...readBack.good]).toEqual([1]));
    await readBack.end();
  });

  it('ends at once where it waits', async () => {
    const { readBack } = await aReadBack({ load: { isHigh: true } });
    readBack.flushed([1]);
    let hasWaited = false;
    setImmediate(() => {
      hasWaited = true;
    });
    await readBack.end();
    expect(hasWaited).toBe(false);
    expect(readBack.good.size).toBe(0);
  });

  it('ends with the chunk that it is reading', async () => {
    const golden = await aGoldenImage();
    const disk = new HesitantDisk(golden.disk.length);
    const { readBack } = await aReadBack({ golden, disk });
    disk.hesitate();
    readBack.flushed([1, 2]);
    let hasEnded = false;
    const end = readBack.end().then(() => {
      hasEnded = true;
    });
    await sleep(20);
    expect(hasEnded).toBe(false);
    disk.goOn();
    await end;
    expect([...readBack.good]).toEqual([1]);
  });
});
