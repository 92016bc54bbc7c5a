import { execFileSync } from 'node:child_process';
import { mkdir, rename, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
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
    // Its own is gone, and that is no change of what is in it.
    expect(String(await readAt(file.open(), 0, 3))).toBe('old');
  });

  it.each<[string, (path: string) => Promise<void>]>([
    ['has become shorter', (path) => truncate(path, 1000)],
    ['was written over with as many bytes', (path) => writeFile(path, BYTES, { flag: 'r+' })],
  ])('that %s since is an error, again and again, and no mixture', async (_, change) => {
    const path = await anImageFile(BYTES);
    // Clocks of file systems are coarse: the file of a server is older than a moment.
    await utimes(path, 1, 1);
    const cursor = (await aBootFile(path)).open();
    expect(await readAt(cursor, 0, 10)).toEqual(BYTES.subarray(0, 10));
    await change(path);
    for (let time = 0; time < 2; time++)
      await expect(cursor.bring(600_000, 10)).rejects.toMatchObject({
        code: 'BOOT_FILE_CHANGED',
        message: expect.stringContaining(path),
      });
  });

  it('that cannot be read says which it is', async () => {
    const path = await anImageFile(BYTES);
    const file = await DiskBootFile.open(path);
    await file.close();
    await expect(file.open().bring(0, 10)).rejects.toMatchObject({
      code: 'BOOT_FILE',
      message: expect.stringContaining(path),
    });
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
