import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolder } from '../../src/folder-writer.ts';
import { aFolder } from './an-image.ts';

describe('making a folder', () => {
  it('makes those above it too, of the mode that is given, and is content with one that is there', async () => {
    const folder = join(await aFolder(), 'one', 'two', 'three');
    await Promise.all([makeFolder(folder, 0o700), makeFolder(folder, 0o700)]);
    await makeFolder(folder);
    for (const made of [folder, join(folder, '..'), join(folder, '..', '..')])
      expect((await stat(made)).mode & 0o777).toBe(0o700);
  });

  it.each(['x', 'x/y/z'])('ends where the system lets nobody make one: /proc/%s', async (name) => {
    await expect(makeFolder(`/proc/${name}`)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('does not take a file for a folder', async () => {
    const file = join(await aFolder(), 'file');
    await writeFile(file, '');
    await expect(makeFolder(file)).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(makeFolder(join(file, 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });
});
