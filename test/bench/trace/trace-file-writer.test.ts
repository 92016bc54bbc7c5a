import { execFile, execFileSync } from 'node:child_process';
import { lstat, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { TraceFile } from '../../../src/bench/trace/trace-file-writer.ts';

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'swarmboot-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

function written(path: string): void {
  const file = new TraceFile(path);
  for (const line of ['one', 'two']) file.add(line);
  file.write();
}

describe('the file of a trace', () => {
  it('takes the place of an older one, and leaves nothing beside it', async () => {
    const folder = await aFolder();
    await writeFile(join(folder, 'trace'), 'an older one that is longer');
    written(join(folder, 'trace'));
    expect(await readFile(join(folder, 'trace'), 'utf8')).toBe('one\ntwo\n');
    expect(await readdir(folder)).toEqual(['trace']);
  });

  it('is where a link leads to, and the link stays one', async () => {
    const folder = await aFolder();
    await writeFile(join(folder, 'real'), '');
    await symlink('real', join(folder, 'link'));
    written(join(folder, 'link'));
    expect(await readFile(join(folder, 'real'), 'utf8')).toBe('one\ntwo\n');
    expect((await lstat(join(folder, 'link'))).isSymbolicLink()).toBe(true);
  });

  it('goes through a pipe, which stays one', async () => {
    const pipe = join(await aFolder(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    const reader = promisify(execFile)('cat', [pipe]);
    written(pipe);
    expect((await reader).stdout).toBe('one\ntwo\n');
    expect((await lstat(pipe)).isFIFO()).toBe(true);
  });
});
