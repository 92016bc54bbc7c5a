import { execFileSync } from 'node:child_process';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { saveDisk } from '../../../../src/bench/executors/netns/clonezilla/save-disk.ts';
import { aFolder } from '../../../engine/an-image.ts';
import { installedTool } from '../local/installed-tool.ts';

describe('a disk that Clonezilla is to save', () => {
  it.for<[string, string, RegExp]>([
    ['an empty table', '', /names no partition$/],
    [
      'an extended partition with nothing in it',
      'start=2048, size=4096, type=5',
      /no partition that holds data$/,
    ],
  ])('is refused where it has %s', async ([, partitions, reason], context) => {
    const sfdisk = installedTool(context, 'sfdisk', 'fdisk');
    const folder = await aFolder();
    const disk = join(folder, 'disk.img');
    await writeFile(disk, '');
    await truncate(disk, 8 * 2 ** 20);
    execFileSync(sfdisk, ['--quiet', disk], { input: `label: dos\n${partitions}\n` });
    await expect(saveDisk(disk, join(folder, 'saved'))).rejects.toMatchObject({
      name: 'ConfigError',
      field: 'image',
      message: expect.stringMatching(reason),
    });
  });
});
