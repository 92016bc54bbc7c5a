import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DirectFile } from '../../../src/engine/agent/direct-file.ts';
import type { DiskFile } from '../../../src/engine/agent/disk-file.ts';
import { DiskWriter } from '../../../src/engine/agent/disk-writer.ts';
import { installedTool } from '../../bench/executors/local/installed-tool.ts';
import { someBytes } from '../an-image.ts';
import { aLoopDevice } from '../image/export/a-loop-device.ts';
import { aDiskFile } from './a-deployment.ts';
import { BrokenDisk, MemoryDisk, StingyDisk } from './disks.ts';

const MIB = 2 ** 20;
/** The page cache's, and the processor's. */
const PAGE = 4096;

/** A disk of which long writes go to another file than short ones, as if that were the same disk. */
function aDisk(direct: MemoryDisk): { cached: MemoryDisk; writer: DiskWriter } {
  const cached = new MemoryDisk(direct.bytes.length);
  return {
    cached,
    writer: new DiskWriter(cached, { sizeBytes: direct.bytes.length }, new DirectFile(direct)),
  };
}

/** A disk that refuses what its file system cannot do. */
class RefusingDisk extends MemoryDisk {
  override async write(): ReturnType<DiskFile['write']> {
    throw Object.assign(new Error('EINVAL: invalid argument, write'), { code: 'EINVAL' });
  }
}

/** Sectors of 512 bytes that a device has been given (Documentation/block/stat). */
function sectorsWritten(device: string): number {
  return Number(
    readFileSync(`/sys/block/${basename(device)}/stat`, 'utf8')
      .trim()
      .split(/ +/)[6],
  );
}

describe('writing past the page cache', () => {
  it.each([
    [0, MIB],
    [512, MIB],
    [0, MIB + 512],
    [5000, 3 * MIB + 1],
    [PAGE, 5 * MIB],
    [4095, 65_536],
    [4095, 65_537],
  ])('puts bytes at %i, %i of them, to their place and leaves the rest alone', async (offset, length) => {
    const before = someBytes(6 * MIB, 'before');
    const { path } = await aDiskFile(before);
    const writer = await DiskWriter.open(path);
    onTestFinished(() => writer.close());
    const bytes = someBytes(length, 'new');
    await writer.writeAt(offset, bytes);
    expect(writer.unflushedBytes).toBe(length);
    before.set(bytes, offset);
    expect((await readFile(path)).equals(before)).toBe(true);
  });

  it('leaves nothing in memory but the ends that are no whole pages', async (context) => {
    const fincore = installedTool(context, 'fincore', 'util-linux');
    const { path } = await aDiskFile(6 * MIB);
    const writer = await DiskWriter.open(path);
    onTestFinished(() => writer.close());
    await writer.writeAt(512, someBytes(5 * MIB));
    const pages = execFileSync(fincore, ['--noheadings', '--output', 'PAGES', path], { encoding: 'utf8' });
    expect(Number(pages)).toBe(2);
  });

  it('reads what was written either way, in whichever order', async () => {
    const { path } = await aDiskFile(4 * MIB);
    const writer = await DiskWriter.open(path);
    onTestFinished(() => writer.close());
    const expected = Buffer.alloc(4 * MIB);
    for (const [turn, [offset, length]] of [
      [100_000, 300_000],
      [1000, 5000],
      [0, MIB],
      [MIB - 700, 900],
      [MIB, MIB],
    ].entries() as ArrayIterator<[number, [number, number]]>) {
      const bytes = someBytes(length, `turn ${turn}`);
      await writer.writeAt(offset, bytes);
      expected.set(bytes, offset);
      expect((await writer.readAt(0, Buffer.alloc(4 * MIB))).every((byte, at) => byte === expected[at])).toBe(
        true,
      );
    }
  });

  it('takes many writes at a time, more than it has memory for', async () => {
    const { path } = await aDiskFile(8 * MIB);
    const writer = await DiskWriter.open(path);
    onTestFinished(() => writer.close());
    const bytes = someBytes(8 * MIB);
    const parts = Array.from({ length: 32 }, (_, part) => (part * MIB) / 4);
    await Promise.all(
      parts.map((offset) => writer.writeAt(offset, bytes.subarray(offset, offset + MIB / 4))),
    );
    expect((await readFile(path)).equals(bytes)).toBe(true);
  });

  it('gives the disk whole pages at places of whole pages, and the page cache the ends', async () => {
    const disk = new MemoryDisk(MIB);
    const { cached, writer } = aDisk(disk);
    const bytes = someBytes(200_000).map((byte) => byte | 1);
    await writer.writeAt(5000, bytes);
    const end = Math.floor(205_000 / PAGE) * PAGE;
    expect(cached.bytes.subarray(5000, 2 * PAGE).equals(bytes.subarray(0, 2 * PAGE - 5000))).toBe(true);
    expect(disk.bytes.subarray(2 * PAGE, end).equals(bytes.subarray(2 * PAGE - 5000, end - 5000))).toBe(true);
    expect(cached.bytes.subarray(end, 205_000).equals(bytes.subarray(end - 5000))).toBe(true);
    expect(disk.bytes.filter((byte) => byte !== 0).length).toBe(end - 2 * PAGE);
  });

  it('goes on where the disk took a part', async () => {
    const disk = new StingyDisk(MIB, 70_000);
    const { cached, writer } = aDisk(disk);
    const bytes = someBytes(500_000);
    await writer.writeAt(0, bytes);
    // What follows a part that is no whole page goes through the page cache up to the next one.
    const written = disk.bytes.map((byte, at) => byte | cached.bytes[at]!).subarray(0, 500_000);
    expect(Buffer.from(written).equals(bytes)).toBe(true);
  });

  it('goes through the page cache where the file system takes no direct writes', async () => {
    const { cached, writer } = aDisk(new RefusingDisk(MIB));
    const bytes = someBytes(500_000);
    await writer.writeAt(0, bytes);
    expect(cached.bytes.subarray(0, 500_000).equals(bytes)).toBe(true);
  });

  it('says where the disk failed, at the write and not at the next flush, and goes on with others', async () => {
    const { writer } = aDisk(new BrokenDisk(8 * MIB, 'EIO', 2 * MIB));
    const failures = Array.from({ length: 6 }, () =>
      expect(writer.writeAt(MIB, someBytes(2 * MIB))).rejects.toMatchObject({
        code: 'DISK_BROKEN',
        message: `the disk reports an input/output error: disk offset ${2 * MIB} could not be written (EIO)`,
      }),
    );
    await Promise.all(failures);
    await writer.writeAt(0, someBytes(MIB));
  });

  describe.each([512, 4096])('on a block device with sectors of %i bytes', (sectorBytes) => {
    it('is on the device before it is flushed', async (context) => {
      const device = await aLoopDevice(context, 16 * MIB, { sectorBytes, isRotational: false });
      const writer = await DiskWriter.open(device);
      onTestFinished(() => writer.close());
      const before = sectorsWritten(device);
      const bytes = someBytes(2 * MIB);
      await writer.writeAt(3 * MIB, bytes);
      expect(sectorsWritten(device) - before).toBe((2 * MIB) / 512);
      expect(Buffer.from(await writer.readAt(3 * MIB, Buffer.alloc(2 * MIB))).equals(bytes)).toBe(true);
    });

    it('waits in memory for the flush where the disk has heads to move', async (context) => {
      const device = await aLoopDevice(context, 16 * MIB, { sectorBytes, isRotational: true });
      const writer = await DiskWriter.open(device);
      onTestFinished(() => writer.close());
      const before = sectorsWritten(device);
      await writer.writeAt(3 * MIB, someBytes(2 * MIB));
      expect(sectorsWritten(device)).toBe(before);
      await writer.flush();
      expect(sectorsWritten(device) - before).toBe((2 * MIB) / 512);
    });
  });
});
