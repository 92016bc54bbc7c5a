import { execFileSync } from 'node:child_process';
import { lstat, mkdtemp, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { array, assert, asyncProperty, constantFrom, nat, record, uint8Array } from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type CpioEntry, encodeCpio } from '../../../../src/engine/boot/boot-image/cpio-codec.ts';
import { installedTool } from '../../../bench/executors/local/installed-tool.ts';

async function unpacked(cpio: string, entries: readonly CpioEntry[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'swarmboot-cpio-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const quiet = ['-idm', '--quiet', '--no-absolute-filenames'];
  execFileSync(cpio, quiet, { cwd: folder, input: encodeCpio(entries) });
  return folder;
}

describe('an initial RAM disk', () => {
  it('is unpacked by cpio to the same files, whatever their length', async (context) => {
    const cpio = installedTool(context, 'cpio', 'cpio');
    const files = array(
      record({ bytes: uint8Array({ maxLength: 9 }), isProgram: constantFrom(true, false), more: nat(5) }),
      {
        maxLength: 6,
      },
    );
    await assert(
      asyncProperty(files, async (made) => {
        const entries = made.map(
          ({ bytes, isProgram, more }, number) =>
            ({ kind: 'file', path: `f${number}${'x'.repeat(more)}`, bytes, isProgram }) as const,
        );
        const folder = await unpacked(cpio, entries);
        for (const { path, bytes, isProgram } of entries) {
          expect(new Uint8Array(await readFile(join(folder, path)))).toEqual(bytes);
          expect((await lstat(join(folder, path))).mode & 0o777).toBe(isProgram ? 0o755 : 0o644);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('has folders and links', async (context) => {
    const folder = await unpacked(installedTool(context, 'cpio', 'cpio'), [
      { kind: 'folder', path: 'bin' },
      { kind: 'link', path: 'bin/sh', target: 'busybox' },
    ]);
    expect(await readlink(join(folder, 'bin/sh'))).toBe('busybox');
  });

  it('is the same bytes for the same entries', () => {
    const entries: CpioEntry[] = [{ kind: 'file', path: 'a', bytes: Buffer.from('1'), isProgram: false }];
    expect(encodeCpio(entries)).toEqual(encodeCpio(entries));
  });
});
