import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { installedTool } from '../../../bench/executors/local/installed-tool.ts';
import { aFolder } from '../../an-image.ts';
import {
  type AClonezillaFolder,
  aClonezillaFolder,
  COMPRESSORS,
  type Compressor,
  saveStream,
  sha256,
} from './a-clonezilla-folder.ts';
import { aFileSystem } from './a-file-system.ts';
import { importedAndExported } from './an-imported-image.ts';
import { streamOfVersion1 } from './partclone-version-1.ts';
import { run } from './run-tool.ts';

const MEBIBYTE = 2 ** 20;
describe('import of an image folder of Clonezilla', () => {
  it('restores NTFS, ext4 and FAT on a GPT disk to the bytes that partclone.restore gives, and to clean file systems', async (context) => {
    const folder = await aFolder();
    const fileSystems = [
      await aFileSystem(context, { kind: 'vfat', folder, bytes: 40 * MEBIBYTE }),
      await aFileSystem(context, { kind: 'ntfs', folder, bytes: 24 * MEBIBYTE }),
      await aFileSystem(context, { kind: 'ext4', folder, bytes: 32 * MEBIBYTE }),
    ];
    const saved = await aClonezillaFolder(context, {
      folder,
      label: 'gpt',
      fileSystems,
      compressor: 'zst',
      splitBytes: 100_000,
    });
    expect((await readdir(saved.folder)).filter((name) => name.startsWith('sda3.')).length).toBeGreaterThan(
      1,
    );
    const { image, raw } = await importedAndExported(saved.folder);
    const disk = await readFile(raw);
    expect(disk.length).toBe(saved.diskBytes);
    for (const { number, startBytes, fileSystem, stream } of saved.partitions) {
      const expected = await restored(context, stream, fileSystem.bytes);
      // partclone leaves out the copy of the boot sector of NTFS, behind the last cluster.
      if (fileSystem.kind === 'ntfs') expected.copy(expected, fileSystem.bytes - 512, 0, 512);
      const bytes = disk.subarray(startBytes, startBytes + fileSystem.bytes);
      expect({ number, sha256: sha256(bytes) }).toEqual({ number, sha256: sha256(expected) });
      await writeFile(join(folder, `exported-${number}`), bytes);
    }
    await run(installedTool(context, 'fsck.fat', 'dosfstools'), ['-n', join(folder, 'exported-1')]);
    await run(installedTool(context, 'ntfsfix', 'ntfs-3g'), ['-n', join(folder, 'exported-2')]);
    await run(installedTool(context, 'e2fsck', 'e2fsprogs'), ['-fn', join(folder, 'exported-3')]);
    expect(
      image.manifest.partitions.map(({ number, fileSystem, copied }) => ({ number, fileSystem, copied })),
    ).toEqual([
      { number: 1, fileSystem: 'vfat', copied: 'used' },
      { number: 2, fileSystem: 'ntfs', copied: 'used' },
      { number: 3, fileSystem: 'ext4', copied: 'used' },
      { number: 4, fileSystem: 'swap', copied: 'created' },
    ]);
    // Both copies of the partition table are as sfdisk wrote them, and no rubbish of free space has come along.
    const original = await readFile(saved.disk);
    expect(sha256(disk.subarray(0, MEBIBYTE))).toBe(sha256(original.subarray(0, MEBIBYTE)));
    expect(sha256(disk.subarray(-33 * 512))).toBe(sha256(original.subarray(-33 * 512)));
    expect(image.manifest.payload.rawBytes).toBeLessThan(40 * MEBIBYTE);
    // The swap has its UUID and label again.
    const swap = await run(installedTool(context, 'blkid', 'util-linux'), [
      '-p',
      '-O',
      String(saved.swap.startBytes),
      raw,
    ]);
    expect(swap).toContain(`UUID="${saved.swap.uuid}"`);
    expect(swap).toContain('LABEL="swapspace"');
  });

  it('makes the chain of logical partitions anew on a disk with MBR', async (context) => {
    const folder = await aFolder();
    const fileSystems = [];
    for (const place of [1, 2, 3, 4]) {
      const own = await aFolder();
      fileSystems.push(
        await aFileSystem(context, { kind: 'ext4', folder: own, bytes: (8 + place) * MEBIBYTE }),
      );
    }
    const saved = await aClonezillaFolder(context, { folder, label: 'dos', fileSystems, compressor: 'gz' });
    const { raw, image } = await importedAndExported(saved.folder);
    const sfdisk = installedTool(context, 'sfdisk', 'fdisk');
    const [before, after] = await Promise.all(
      [saved.disk, raw].map(async (file) => (await run(sfdisk, ['--dump', file])).replaceAll(file, 'disk')),
    );
    expect(after).toBe(before);
    expect(image.manifest.partitions.map(({ number }) => number)).toEqual([1, 2, 3, 5, 6]);
  });

  it('refuses logical partitions that are not in the order of the disk: they would get other numbers', async (context) => {
    const folder = await aFolder();
    const fileSystems = [];
    for (const _ of [1, 2, 3, 4])
      fileSystems.push(
        await aFileSystem(context, { kind: 'ext4', folder: await aFolder(), bytes: 8 * MEBIBYTE }),
      );
    const saved = await aClonezillaFolder(context, { folder, label: 'dos', fileSystems, compressor: 'gz' });
    const table = join(saved.folder, 'sda-pt.sf');
    const text = await readFile(table, 'utf8');
    const [one, other] = text.split('\n').filter((line) => /^\/dev\/sda[56] /.test(line)) as [string, string];
    const places = [one, other].map((line) => line.slice(line.indexOf(':')));
    const swapped = text.replace(one, `/dev/sda5 ${places[1]}`).replace(other, `/dev/sda6 ${places[0]}`);
    await writeFile(table, swapped);
    await expect(importedAndExported(saved.folder)).rejects.toThrow('is not in the order of the disk');
  });

  it('reads every compression that Clonezilla is used with, in one file or in parts', async (context) => {
    const folder = await aFolder();
    const fileSystems = [await aFileSystem(context, { kind: 'ext4', folder, bytes: 8 * MEBIBYTE })];
    const setup = { folder, label: 'dos', fileSystems, compressor: 'uncomp' } as const;
    const saved = await aClonezillaFolder(context, setup);
    const expected = sha256(await restored(context, saved.partitions[0]!.stream, 8 * MEBIBYTE));
    for (const compressor of [...Object.keys(COMPRESSORS), 'uncomp'] as Compressor[])
      for (const splitBytes of [undefined, 100_000]) {
        await saveStream(context, saved, { compressor, ...(splitBytes && { splitBytes }) });
        const { raw } = await importedAndExported(saved.folder);
        expect({ compressor, sha256: sha256(partitionOf(await readFile(raw), saved)) }).toEqual({
          compressor,
          sha256: expected,
        });
      }
  });

  it('reads every kind of checksum that partclone 0.3 writes', async (context) => {
    const folder = await aFolder();
    const fileSystems = [await aFileSystem(context, { kind: 'ext4', folder, bytes: 8 * MEBIBYTE })];
    for (const partcloneArgs of [
      ['-a', '0'],
      ['-a', '1', '-k', '1'],
      ['-a', '1', '-k', '7'],
      ['-a', '1', '-k', '7', '-K'],
    ]) {
      const own = await aFolder();
      const setup = { folder: own, label: 'dos', fileSystems, compressor: 'uncomp', partcloneArgs } as const;
      const saved = await aClonezillaFolder(context, setup);
      const { raw } = await importedAndExported(saved.folder);
      const expected = await restored(context, saved.partitions[0]!.stream, 8 * MEBIBYTE);
      expect(sha256(partitionOf(await readFile(raw), saved))).toBe(sha256(expected));
    }
  });

  it('reads streams of version 0001, of which partclone.restore makes the same', async (context) => {
    const folder = await aFolder();
    const fileSystems = [await aFileSystem(context, { kind: 'ext4', folder, bytes: 8 * MEBIBYTE })];
    const saved = await aClonezillaFolder(context, {
      folder,
      label: 'dos',
      fileSystems,
      compressor: 'uncomp',
    });
    const { stream, fileSystem } = saved.partitions[0]!;
    const first = streamOfVersion1(await readFile(stream), await readFile(fileSystem.file));
    await writeFile(stream, first);
    await run(installedTool(context, 'partclone.chkimg', 'partclone'), [
      '-L',
      join(folder, 'check.log'),
      '-s',
      stream,
    ]);
    await saveStream(context, saved, { compressor: 'gz' });
    const { raw } = await importedAndExported(saved.folder);
    const expected = await restored(context, stream, 8 * MEBIBYTE);
    expect(sha256(partitionOf(await readFile(raw), saved))).toBe(sha256(expected));
  });

  it('takes a partition that was copied by dd as it is, and says so', async (context) => {
    const folder = await aFolder();
    const fileSystems = [await aFileSystem(context, { kind: 'ext4', folder, bytes: 8 * MEBIBYTE })];
    const saved = await aClonezillaFolder(context, {
      folder,
      label: 'dos',
      fileSystems,
      compressor: 'uncomp',
    });
    const { stream, fileSystem } = saved.partitions[0]!;
    await copyFile(fileSystem.file, stream);
    await saveStream(context, saved, { compressor: 'gz' }, 'dd-img');
    const { raw, image } = await importedAndExported(saved.folder);
    expect(sha256(partitionOf(await readFile(raw), saved))).toBe(sha256(await readFile(fileSystem.file)));
    expect(image.manifest.partitions[0]).toMatchObject({ fileSystem: 'unknown', copied: 'whole' });
  });
});

/** What partclone.restore makes of a stream; free space is zeros. */
async function restored(context: TestContext, stream: string, bytes: number): Promise<Buffer> {
  const target = join(await aFolder(), 'restored');
  const log = `${target}.log`;
  const tool = installedTool(context, 'partclone.restore', 'partclone');
  await run(tool, ['-F', '-q', '-C', '-W', '-f', '1', '-L', log, '-s', stream, '-o', target]);
  const whole = Buffer.alloc(bytes);
  (await readFile(target)).copy(whole);
  return whole;
}

/** The first partition. */
function partitionOf(disk: Buffer, { partitions }: AClonezillaFolder): Buffer {
  const { startBytes, fileSystem } = partitions[0]!;
  return disk.subarray(startBytes, startBytes + fileSystem.bytes);
}
