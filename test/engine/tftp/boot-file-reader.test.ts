import { execFileSync } from 'node:child_process';
import { mkdir, rename, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { BootFileCursor } from '../../../src/engine/tftp/boot-file.ts';
import { DiskBootFile, openBootFolder } from '../../../src/engine/tftp/boot-file-reader.ts';
import { aFolder, anImageFile, someBytes } from '../an-image.ts';

const BYTES = someBytes(700_001);

async function aBootFile(path: string): Promise<DiskBootFile> {
  const file = await DiskBootFile.open(path);
  onTestFinished(() => file.close());
  return file;
}

async function readAt(cursor: BootFileCursor, offset: number, length: number): Promise<Buffer> {
  const into = Buffer.alloc(length);
  while (!cursor.read(offset, into)) await cursor.bring(offset, length);
  return into;
}

describe('a boot file on a disk', () => {
  it('is read from any place, by many at a time', async () => {
    const file = await aBootFile(await anImageFile(BYTES));
    expect(file.sizeBytes).toBe(BYTES.length);
    const aRange = fc.tuple(fc.nat(BYTES.length), fc.nat(70_000));
    const cursors = [file.open(), file.open(), file.open()];
    await fc.assert(
      fc.asyncProperty(fc.array(aRange, { minLength: 3, maxLength: 3 }), async (ranges) => {
        const read = ranges.map(([offset, length], reader) =>
          readAt(cursors[reader]!, offset, Math.min(length, BYTES.length - offset)),
        );
        const expected = ranges.map(([offset, length]) => BYTES.subarray(offset, offset + length));
        expect((await Promise.all(read)).every((bytes, reader) => bytes.equals(expected[reader]!))).toBe(
          true,
        );
      }),
      { numRuns: 200 },
    );
    for (const cursor of cursors) cursor.close();
  });

  it('stays the one that was opened when its name gets another', async () => {
    const folder = await aFolder();
    const path = join(folder, 'kernel');
    await writeFile(path, 'old');
    const file = await aBootFile(path);
    await writeFile(join(folder, 'new'), 'new');
    await rename(join(folder, 'new'), path);
    expect(String(await readAt(file.open(), 0, 3))).toBe('old');
  });

  it('that has become shorter is an error, again and again', async () => {
    const path = await anImageFile(BYTES);
    const cursor = (await aBootFile(path)).open();
    await truncate(path, 1000);
    await expect(cursor.bring(200_000, 10)).rejects.toMatchObject({ code: 'BOOT_FILE_SHORT' });
    await expect(cursor.bring(200_000, 10)).rejects.toMatchObject({ code: 'BOOT_FILE_SHORT' });
  });

  it('is no symbolic link, no pipe and no folder', async () => {
    const folder = await aFolder();
    await symlink('/etc/passwd', join(folder, 'link'));
    execFileSync('/usr/bin/mkfifo', [join(folder, 'pipe')]);
    for (const path of ['link', 'pipe', '.', 'none'])
      await expect(DiskBootFile.open(join(folder, path)), path).rejects.toMatchObject({ code: 'CONFIG' });
  });
});

describe('a folder of boot files', () => {
  it('is known by the paths in it, without links, what is hidden and what is no file', async () => {
    const folder = await aFolder();
    await mkdir(join(folder, 'efi/x64'), { recursive: true });
    await writeFile(join(folder, 'undionly.kpxe'), '1');
    await writeFile(join(folder, 'efi/x64/snponly.efi'), '2');
    await mkdir(join(folder, '.packages'));
    await writeFile(join(folder, '.packages/secret'), '3');
    await symlink('/etc', join(folder, 'etc'));
    await symlink('/etc/passwd', join(folder, 'efi/passwd'));
    await symlink('undionly.kpxe', join(folder, 'pxelinux.0'));
    execFileSync('/usr/bin/mkfifo', [join(folder, 'pipe')]);
    const files = await openBootFolder(folder);
    onTestFinished(async () => {
      for (const file of files.values()) await file.close();
    });
    expect([...files.keys()].toSorted()).toEqual(['efi/x64/snponly.efi', 'undionly.kpxe']);
  });

  it('that cannot be read is the person’s mistake', async () => {
    await expect(openBootFolder('/none/at/all')).rejects.toMatchObject({ code: 'CONFIG' });
  });
});
