import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { surveyDisk } from '../../../../src/engine/image/capture/disk-survey.ts';
import type { StoredImage } from '../../../../src/engine/image/image-store.ts';
import { aFolder, someBytes } from '../../an-image.ts';
import { aDiskOf, aGoldenDisk, aStore, capture, restoredDisk } from '../a-captured-image.ts';
import { sfdisk, takeVolume } from '../a-partitioned-disk.ts';
import {
  aVolumeFile,
  btrfs,
  exfat,
  ext,
  fat,
  MARKER,
  MIB,
  swap,
  tool,
  type VolumeMaker,
  volumeOf,
  xfs,
} from '../a-volume.ts';

const CHUNK_BYTES = 4 * MIB;

const surveyOf = async (disk: string) =>
  surveyDisk(volumeOf(await readFile(disk)), { sectorBytes: 512, whole: [] });

/** Every used byte is the same on both disks, and both say the same of themselves. */
async function expectSameUse(disk: string, restored: string): Promise<void> {
  const survey = await surveyOf(disk);
  const [source, target] = [await readFile(disk), await readFile(restored)];
  expect(target.length).toBe(source.length);
  for (const { start, end } of survey.used)
    expect(target.subarray(start, end).equals(source.subarray(start, end)), `bytes ${start} to ${end}`).toBe(
      true,
    );
  expect(await surveyOf(restored)).toEqual(survey);
}

function volumeFile(restored: string, image: StoredImage, number: number): Promise<string> {
  return takeVolume(restored, image.manifest.partitions.find((partition) => partition.number === number)!);
}

/** What `zstd -3` makes of the used bytes, in frames as large as ours. */
async function zstdBytes(context: TestContext, disk: string): Promise<number> {
  const source = await readFile(disk);
  const used = Buffer.concat(
    (await surveyOf(disk)).used.map(({ start, end }) => source.subarray(start, end)),
  );
  const folder = await aFolder();
  let bytes = 0;
  for (let at = 0; at < used.length; at += CHUNK_BYTES) {
    const file = join(folder, `${at}`);
    await writeFile(file, used.subarray(at, at + CHUNK_BYTES));
    await tool(context, 'zstd', 'zstd')('-3', '--no-check', '-q', file);
    bytes += (await stat(`${file}.zst`)).size;
  }
  return bytes;
}

describe('a GPT disk with NTFS, ext4 and swap', () => {
  it('has the same used bytes after capture and restore, and its file systems are in order', async (context) => {
    const [disk, store] = [await aGoldenDisk(context), await aStore()];
    const { image } = await capture(store, { source: disk });
    const restored = await restoredDisk(store, image);
    await expectSameUse(disk, restored);
    expect(await sfdisk(context, ['--verify', restored])).toMatch(/No errors detected/);
    const check = tool(context, 'ntfsfix', 'ntfs-3g');
    expect(await check('-n', await volumeFile(restored, image, 1))).toMatch(/processed successfully/);
    expect(await tool(context, 'e2fsck', 'e2fsprogs')('-fn', await volumeFile(restored, image, 2))).toMatch(
      /Pass 5/,
    );
  });

  it('says in its manifest what was copied, and how', async (context) => {
    const store = await aStore();
    const { image } = await capture(store, { source: await aGoldenDisk(context) });
    const { table, partitions, payload, disk } = image.manifest;
    expect({ table, disk }).toEqual({ table: 'gpt', disk: { bytes: 71 * MIB, sectorBytes: 512 } });
    expect(
      partitions.map(({ number, fileSystem, copied, label }) => ({ number, fileSystem, copied, label })),
    ).toEqual([
      { number: 1, fileSystem: 'ntfs', copied: 'used', label: 'golden' },
      { number: 2, fileSystem: 'ext4', copied: 'used', label: 'golden' },
      { number: 3, fileSystem: 'swap', copied: 'created', label: 'golden' },
    ]);
    expect(partitions[2]!.usedBytes).toBe(4096);
    const usedBytes = partitions.reduce((sum, partition) => sum + partition.usedBytes, 0);
    expect(payload.rawBytes).toBeGreaterThanOrEqual(usedBytes);
    expect(payload.rawBytes).toBeLessThan(0.6 * disk.bytes);
  });

  it.for(['zstd', 'raw'] as const)(
    'has nothing of its free space in the payload: %s',
    async (kind, context) => {
      const [disk, store] = [await aGoldenDisk(context), await aStore()];
      const encoding = kind === 'raw' ? ({ kind } as const) : ({ kind, level: 3 } as const);
      const { image } = await capture(store, { source: disk, encoding });
      const restored = await readFile(await restoredDisk(store, image));
      const marked = MARKER.repeat(500);
      expect((await readFile(disk)).includes(marked)).toBe(true);
      expect(restored.includes(marked)).toBe(false);
      if (kind === 'raw')
        expect((await readFile(join(image.folder, 'payload'))).includes(marked)).toBe(false);
    },
  );

  it('takes at most 3 % more than zstd -3 makes of the used bytes', async (context) => {
    const [disk, store] = [await aGoldenDisk(context), await aStore()];
    const { image } = await capture(store, { source: disk });
    expect(image.manifest.payload.bytes / (await zstdBytes(context, disk))).toBeLessThan(1.03);
  });

  it('shares with its next version every chunk in which nothing changed', async (context) => {
    const [disk, store] = [await aGoldenDisk(context), await aStore()];
    const first = await capture(store, { source: disk });
    const { used } = await surveyOf(disk);
    const bytes = await readFile(disk);
    const longest = used.toSorted((one, other) => other.end - other.start - (one.end - one.start))[0]!;
    bytes[longest.end - 1]! ^= 1;
    await writeFile(disk, bytes);
    const second = await capture(store, { source: disk });
    expect(second.image.manifest.version).toBe(2);
    const keyOf = ({ diskOffset, sha256 }: { diskOffset: number; sha256: Uint8Array }) =>
      `${diskOffset} ${Buffer.from(sha256).toString('hex')}`;
    const hashes = async (image: StoredImage) => (await store.extentMapOf(image)).chunks.map(keyOf);
    const before = new Set(await hashes(first.image));
    expect((await hashes(second.image)).filter((key) => !before.has(key))).toHaveLength(1);
  });
});

/** [what, how it is made, who checks it and what is said then] */
const SINGLE: readonly (readonly [string, VolumeMaker, readonly [string, string, ...string[]], RegExp])[] = [
  ['XFS', xfs(300 * MIB), ['xfs_repair', 'xfsprogs', '-n'], /Phase 7/],
  ['Btrfs', btrfs(120 * MIB), ['btrfs', 'btrfs-progs', 'check', '--check-data-csum'], /no error found/],
  ['FAT32', fat(40 * MIB, 32), ['fsck.fat', 'dosfstools', '-n'], /\d+ files, /],
  ['exFAT', exfat(20 * MIB), ['fsck.exfat', 'exfatprogs', '-n'], /clean/],
  ['ext2', ext(40 * MIB, 'ext2'), ['e2fsck', 'e2fsprogs', '-fn'], /Pass 5/],
];

describe('a disk of one partition', () => {
  it.for(SINGLE)(
    'is captured, restored and in order: %s',
    async ([, make, [name, debianPackage, ...options], sentence], context) => {
      const [disk, store] = [await aDiskOf(context, [make], 'dos'), await aStore()];
      const { image } = await capture(store, { source: disk });
      const restored = await restoredDisk(store, image);
      await expectSameUse(disk, restored);
      expect(image.manifest).toMatchObject({ table: 'mbr', partitions: [{ copied: 'used' }] });
      expect(
        await tool(context, name, debianPackage)(...options, await volumeFile(restored, image, 1)),
      ).toMatch(sentence);
    },
  );

  it('of nothing that is known is copied whole, and so is one that is asked for', async (context) => {
    const unknown: VolumeMaker = async () => {
      const file = await aVolumeFile(2 * MIB, 'blank');
      await writeFile(file, someBytes(2 * MIB));
      return file;
    };
    const [disk, store] = [await aDiskOf(context, [unknown, swap(MIB)]), await aStore()];
    const { image } = await capture(store, { source: disk, whole: [2] });
    const copied = image.manifest.partitions.map(({ fileSystem, copied: how, usedBytes }) => [
      fileSystem,
      how,
      usedBytes,
    ]);
    expect(copied).toEqual([
      ['unknown', 'whole', 2 * MIB],
      ['unknown', 'whole', MIB],
    ]);
    const [source, target] = [await readFile(disk), await readFile(await restoredDisk(store, image))];
    expect(target.subarray(MIB, 4 * MIB).equals(source.subarray(MIB, 4 * MIB))).toBe(true);
  });

  it('that has no table is the file system that fills it', async (context) => {
    const [disk, store] = [await fat(40 * MIB, 32)(context), await aStore()];
    const { image } = await capture(store, { source: disk });
    expect(image.manifest).toMatchObject({
      table: 'none',
      partitions: [{ number: 1, startBytes: 0, fileSystem: 'vfat' }],
    });
    await expectSameUse(disk, await restoredDisk(store, image));
  });
});
