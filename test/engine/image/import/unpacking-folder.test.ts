import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeUnpackingFolder } from '../../../../src/engine/image/import/unpacking-folder.ts';
import { aFolder } from '../../an-image.ts';

describe('a folder for what is unpacked', () => {
  it('is new each time, in a folder that need not be there', async () => {
    const scratch = join(await aFolder(), 'store');
    const made = [await makeUnpackingFolder(scratch), await makeUnpackingFolder(scratch)];
    expect((await stat(made[0]!)).isDirectory()).toBe(true);
    expect(await readdir(scratch)).toEqual(made.map((folder) => basename(folder)).sort());
  });

  it('takes the place of what an import has left that was killed, and of nothing else', async () => {
    const scratch = await aFolder();
    // No process has had this start.
    const left = (await makeUnpackingFolder(scratch)).replace(/-\d+-\d+$/, '-1-1');
    await mkdir(left);
    await writeFile(join(left, 'disk.img'), 'as large as a disk');
    await mkdir(join(scratch, 'lab'));
    const own = (await readdir(scratch)).filter((name) => name !== basename(left) && name !== 'lab');
    const folder = await makeUnpackingFolder(scratch);
    expect((await readdir(scratch)).sort()).toEqual([...own, basename(folder), 'lab'].sort());
  });
});
