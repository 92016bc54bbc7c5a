import { spawnSync } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { removeStaleFolders, scratchFolderIn } from '../../../../src/bench/executors/local/scratch-folder.ts';
import { aFolder } from '../../../integration/swarmboot-process.ts';

/** The name that a process would have given that is over. */
function staleName(kind: 'lab' | 'vm'): string {
  const { pid } = spawnSync('true');
  return basename(scratchFolderIn('/', kind)).replace(`-${process.pid}-`, `-${pid}-`);
}

describe('what labs have left that were killed', () => {
  it('is removed, and nothing else: neither of those that run nor what has another name', async () => {
    const folder = await aFolder();
    const own = basename(scratchFolderIn(folder, 'lab'));
    const [stale, foreign] = [staleName('vm'), staleName('lab').replace(/-\d+-/, '-1-')];
    const others = ['swarmboot-lab-1-2', 'swarmboot-vm-state-xyz', foreign, own];
    for (const name of [stale, staleName('lab'), ...others]) await mkdir(join(folder, name));
    await writeFile(join(folder, stale, 'disk.img'), 'zeros');
    await writeFile(join(folder, staleName('lab')), 'no folder');
    removeStaleFolders(folder);
    const left = await readdir(folder);
    expect(left).toEqual(expect.arrayContaining(others));
    expect(left).not.toContain(stale);
    expect(left).toHaveLength(others.length + 1);
  });

  it('is nothing where there is no folder', () => {
    expect(() => removeStaleFolders('/nowhere/at/all')).not.toThrow();
  });
});
