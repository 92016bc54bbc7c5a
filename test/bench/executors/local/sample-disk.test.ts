import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { findNtfsTools } from '../../../../src/bench/executors/local/ntfs-volume-writer.ts';
import { makeSampleDisk } from '../../../../src/bench/executors/local/sample-disk.ts';
import { sampleFiles } from '../../../../src/bench/executors/local/sample-files-reader.ts';
import { ConfigError } from '../../../../src/failure.ts';
import { aFolder } from '../../../engine/an-image.ts';
import { installedTool } from './installed-tool.ts';

const run = promisify(execFile);
const MIB = 2 ** 20;
const SIZES = [4 * MIB, 5 * MIB + 700, 16 * MIB, 40 * MIB];

async function aDisk(sizeBytes: number, ntfsTools: ReturnType<typeof findNtfsTools> = null) {
  const path = join(await aFolder(), 'golden.img');
  const note = await makeSampleDisk({ path, sizeBytes, ntfsTools });
  const disk = await readFile(path);
  const startByte = disk.readUInt32LE(446 + 8) * 512;
  const volume = disk.subarray(startByte, startByte + disk.readUInt32LE(446 + 12) * 512);
  const volumeFile = join(dirname(path), 'volume.img');
  await writeFile(volumeFile, volume);
  return { note, disk, volume, volumeFile };
}

/** Reads the files of a FAT16 volume as its specification says, by other code than that which wrote them. */
function filesOfFat16(volume: Buffer): Map<string, Buffer> {
  const clusterBytes = volume.readUInt8(13) * volume.readUInt16LE(11);
  const tableByte = volume.readUInt16LE(14) * 512;
  const rootByte = tableByte + volume.readUInt8(16) * volume.readUInt16LE(22) * 512;
  const dataByte = rootByte + volume.readUInt16LE(17) * 32;
  const files = new Map<string, Buffer>();
  for (let entry = rootByte; volume[entry] !== 0 && entry < dataByte; entry += 32) {
    if (volume.readUInt8(entry + 11) === 0x08) continue;
    const clusters: Buffer[] = [];
    for (let cluster = volume.readUInt16LE(entry + 26); cluster < 0xfff8; ) {
      const byte = dataByte + (cluster - 2) * clusterBytes;
      clusters.push(volume.subarray(byte, byte + clusterBytes));
      cluster = volume.readUInt16LE(tableByte + cluster * 2);
    }
    const name = volume.toString('latin1', entry, entry + 11);
    files.set(name, Buffer.concat(clusters).subarray(0, volume.readUInt32LE(entry + 28)));
  }
  return files;
}

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('a sample disk', () => {
  it.each(SIZES)(
    'of %i bytes has exactly that size and one active partition within it',
    async (sizeBytes) => {
      const { disk, volume } = await aDisk(sizeBytes);
      expect(disk).toHaveLength(sizeBytes);
      expect(disk.readUInt16LE(510)).toBe(0xaa55);
      expect([disk[446], disk[450]]).toEqual([0x80, 0x0e]);
      expect(volume).toHaveLength(Math.floor((sizeBytes - MIB) / 512) * 512);
    },
  );

  it.each(SIZES)('of %i bytes holds real files that fill most of it', async (sizeBytes) => {
    const { volume } = await aDisk(sizeBytes);
    const known = new Set(
      await Promise.all((await sampleFiles()).map(async ({ path }) => digest(await readFile(path)))),
    );
    const files = [...filesOfFat16(volume).values()];
    expect(files.every((bytes) => known.has(digest(bytes)))).toBe(true);
    expect(files.reduce((sum, { length }) => sum + length, 0)).toBeGreaterThan(0.8 * volume.length);
  });

  it('is the same every time', async () => {
    const [first, again] = [await aDisk(8 * MIB), await aDisk(8 * MIB)];
    expect(digest(again.disk)).toBe(digest(first.disk));
  });

  it('has a FAT16 file system that fsck.fat finds nothing wrong with', async (context) => {
    const fsck = installedTool(context, 'fsck.fat', 'dosfstools');
    for (const sizeBytes of SIZES) {
      const { volumeFile } = await aDisk(sizeBytes);
      expect((await run(fsck, ['-n', '-V', volumeFile])).stdout).toMatch(/\d+ files, \d+\/\d+ clusters/);
    }
  });

  it('has an NTFS file system where its tools are installed, and ntfsfix finds nothing wrong with it', async (context) => {
    const folder = dirname(installedTool(context, 'mkntfs', 'ntfs-3g'));
    const ntfsfix = installedTool(context, 'ntfsfix', 'ntfs-3g');
    for (const sizeBytes of SIZES) {
      const tools = findNtfsTools([folder, dirname(installedTool(context, 'ntfscp', 'ntfs-3g'))]);
      const { note, disk, volume, volumeFile } = await aDisk(sizeBytes, tools);
      expect(note).toContain('NTFS');
      expect(disk[450]).toBe(0x07);
      expect(volume.toString('latin1', 3, 11)).toBe('NTFS    ');
      expect((await run(ntfsfix, ['--no-action', volumeFile])).stdout).toContain('processed successfully');
    }
  });

  it('names the file system, and says why it is not NTFS', async () => {
    expect((await aDisk(4 * MIB)).note).toContain('FAT16, because mkntfs and ntfscp are not installed');
  });

  it.each([4 * MIB - 1, 2_001 * MIB])('of %i bytes is refused', async (sizeBytes) => {
    const made = makeSampleDisk({ path: '/nowhere/golden.img', sizeBytes });
    await expect(made).rejects.toThrow(ConfigError);
    await expect(made).rejects.toThrow('image.size: ');
  });
});
