import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ALIGNMENT, alignedBuffer } from '../../../src/engine/agent/aligned-buffer.ts';
import { DiskWriter } from '../../../src/engine/agent/disk-writer.ts';
import { MediumReader } from '../../../src/engine/agent/medium-reader.ts';
import { installedTool, skipOrFail } from '../../bench/executors/local/installed-tool.ts';
import { aFolder, someBytes } from '../an-image.ts';

const BYTES = someBytes(3 * 2 ** 20 + 1536);

describe('reading from the medium', () => {
  it.each([
    [0, BYTES.length],
    [512, 4096],
    [5000, 70_001],
    [BYTES.length - 700, 700],
  ])('gives bytes from %i on, %i of them, wherever they begin and end', async (offset, length) => {
    const path = join(await aFolder(), 'disk.img');
    await writeFile(path, BYTES);
    const reader = await MediumReader.open(path);
    onTestFinished(() => reader.close());
    const bytes = await reader.readAt(offset, length, alignedBuffer(length + 2 * ALIGNMENT));
    expect(Buffer.from(bytes).equals(BYTES.subarray(offset, offset + length))).toBe(true);
  });

  it('fails where the disk ends', async () => {
    const path = join(await aFolder(), 'disk.img');
    await writeFile(path, BYTES);
    const reader = await MediumReader.open(path);
    onTestFinished(() => reader.close());
    const reading = reader.readAt(BYTES.length - 100, 5000, alignedBuffer(5000 + 2 * ALIGNMENT));
    await expect(reading).rejects.toThrow('could not be read');
  });

  it('goes past the page cache of a block device, of which the size is known', async (context) => {
    if (process.getuid?.() !== 0) skipOrFail(context, 'needs root: it makes a loop device');
    const losetup = installedTool(context, 'losetup', 'mount');
    const path = join(await aFolder(), 'disk.img');
    await writeFile(path, BYTES.subarray(0, 3 * 2 ** 20));
    const device = execFileSync(losetup, ['--find', '--show', path], { encoding: 'utf8' }).trim();
    onTestFinished(() => {
      execFileSync(losetup, ['--detach', device]);
    });
    const writer = await DiskWriter.open(device);
    const reader = await MediumReader.open(device);
    try {
      expect(writer.sizeBytes).toBe(3 * 2 ** 20);
      expect(reader.isDirect).toBe(true);
      await writer.writeAt(10_000, someBytes(5000, 'new'));
      await writer.flush();
      const bytes = await reader.readAt(10_000, 5000, alignedBuffer(5000 + 2 * ALIGNMENT));
      expect(Buffer.from(bytes).equals(someBytes(5000, 'new'))).toBe(true);
    } finally {
      await writer.close();
      await reader.close();
    }
  });
});
