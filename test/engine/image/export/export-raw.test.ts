import { open, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportRaw } from '../../../../src/engine/image/export/export-raw.ts';
import { aFolder, someBytes } from '../../an-image.ts';
import { aPartitionedDisk, sfdisk } from '../a-partitioned-disk.ts';
import { tool } from '../a-volume.ts';
import { sha256 } from '../import/a-clonezilla-folder.ts';
import { anImportedImage } from '../import/an-imported-image.ts';
import { aLoopDevice } from './a-loop-device.ts';

const MEBIBYTE = 2 ** 20;
const quiet = { signal: new AbortController().signal, progressed: () => {}, overwriteBegun: () => {} };

async function anImage() {
  const folder = await aFolder();
  const file = join(folder, 'disk.img');
  const bytes = Buffer.alloc(12 * MEBIBYTE);
  someBytes(3_000_000).copy(bytes, 5_000_000);
  await writeFile(file, bytes);
  const { image, store } = await anImportedImage(file);
  return { folder, bytes, image, store };
}

describe('export to a plain disk file', () => {
  it('leaves a file that has something in it alone, unless it is told to replace it', async () => {
    const { folder, image, store, bytes } = await anImage();
    const target = join(folder, 'out.img');
    await writeFile(target, 'precious');
    const wishes = { image, store, target, isDeviceWanted: false, ...quiet };
    await expect(exportRaw({ ...wishes, isForced: false })).rejects.toThrow(/--force replaces it/);
    expect(await readFile(target, 'utf8')).toBe('precious');
    await exportRaw({ ...wishes, isForced: true });
    expect(sha256(await readFile(target))).toBe(sha256(bytes));
  });

  it('names the chunk and its place on the disk where a byte of the payload is another, and leaves no file', async () => {
    const { folder, image, store } = await anImage();
    const { chunks } = await store.extentMapOf(image);
    const { wireOffset, wireBytes, diskOffset } = chunks[1]!;
    const payload = await open(join(image.folder, 'payload'), 'r+');
    const byte = Buffer.alloc(1);
    await payload.read(byte, 0, 1, wireOffset + wireBytes - 5);
    await payload.write(Buffer.of(byte[0]! ^ 1), 0, 1, wireOffset + wireBytes - 5);
    await payload.close();
    const target = join(folder, 'out.img');
    await expect(
      exportRaw({ image, store, target, isForced: false, isDeviceWanted: false, ...quiet }),
    ).rejects.toMatchObject({
      code: 'BAD_CHUNK',
      message: expect.stringContaining(`chunk 1, at byte ${diskOffset} of the disk`),
    });
    expect(await readdir(folder)).toEqual(['disk.img']);
  });

  it('leaves nothing behind when it is interrupted', async () => {
    const { folder, image, store } = await anImage();
    const controller = new AbortController();
    const progressed = () => controller.abort(new Error('enough'));
    const target = join(folder, 'out.img');
    await expect(
      exportRaw({
        image,
        store,
        target,
        isForced: false,
        isDeviceWanted: false,
        ...quiet,
        signal: controller.signal,
        progressed,
      }),
    ).rejects.toThrow('enough');
    expect(await readdir(folder)).toEqual(['disk.img']);
  });

  it('puts the second copy of a GPT at the end of a larger device', async (context) => {
    const file = await aPartitionedDisk(context, 12 * MEBIBYTE, 'label: gpt\nsize=8MiB\n');
    const { image, store } = await anImportedImage(file);
    const target = await aLoopDevice(context, 16 * MEBIBYTE);
    await exportRaw({ image, store, target, isForced: true, isDeviceWanted: true, ...quiet });
    expect(await sfdisk(context, ['--verify', target])).toMatch(/No errors detected/i);
    expect(await tool(context, 'sgdisk', 'gdisk')('--verify', target)).toMatch(/No problems found/);
  });

  it('writes to a block device only when that is asked for twice, and it is large enough', async (context) => {
    const { image, store, bytes } = await anImage();
    const target = await aLoopDevice(context, 16 * MEBIBYTE);
    const small = await aLoopDevice(context, 8 * MEBIBYTE);
    const wishes = { image, store, target, isForced: true, isDeviceWanted: true, ...quiet };
    await expect(exportRaw({ ...wishes, isDeviceWanted: false })).rejects.toThrow(/--device --force/);
    await expect(exportRaw({ ...wishes, isForced: false })).rejects.toThrow(/--device --force/);
    await expect(exportRaw({ ...wishes, target: small })).rejects.toThrow(
      /smaller than the disk of 12582912 bytes/,
    );
    const other = await aLoopDevice(context, 16 * MEBIBYTE, { sectorBytes: 4096 });
    const partitioned = { ...image, manifest: { ...image.manifest, table: 'gpt' as const } };
    await expect(exportRaw({ ...wishes, image: partitioned, target: other })).rejects.toThrow(
      'has sectors of 4096 bytes, and the partition table of the image counts in sectors of 512',
    );
    let begun = 0;
    const overwriteBegun = () => {
      begun += 1;
    };
    await expect(exportRaw({ ...wishes, target: small, overwriteBegun })).rejects.toThrow();
    expect(begun).toBe(0);
    await exportRaw({ ...wishes, overwriteBegun });
    expect(begun).toBe(1);
    expect((await stat(target)).isBlockDevice()).toBe(true);
    const device = await open(target, 'r');
    const { buffer } = await device.read(Buffer.alloc(12 * MEBIBYTE), { position: 0 });
    await device.close();
    expect(sha256(buffer)).toBe(sha256(bytes));
  });
});
