import { randomFillSync } from 'node:crypto';
import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { installedTool } from '../../../bench/executors/local/installed-tool.ts';
import { someBytes } from '../../an-image.ts';
import { run } from './run-tool.ts';

/** A file system in a file, made by the tools of others; its free space is full of what was there before. */
export interface AFileSystem {
  /** As blkid names it. */
  readonly kind: 'ext4' | 'ntfs' | 'vfat';
  readonly file: string;
  readonly bytes: number;
}

/** Makes one with some files in it. Skips the test where a tool is missing. */
export async function aFileSystem(
  context: TestContext,
  { kind, folder, bytes }: { kind: AFileSystem['kind']; folder: string; bytes: number },
): Promise<AFileSystem> {
  const file = join(folder, `${kind}.part`);
  await fillWithRubbish(file, bytes);
  const files = join(folder, `${kind}-files`);
  await mkdir(files);
  const names = ['small.txt', 'large.bin', 'other.bin'];
  for (const [place, name] of names.entries())
    await writeFile(join(files, name), someBytes(10 ** (2 * place + 2), name));
  if (kind === 'ext4') {
    await run(installedTool(context, 'mkfs.ext4', 'e2fsprogs'), [
      '-q',
      '-F',
      '-L',
      'linux',
      '-d',
      files,
      file,
    ]);
  } else if (kind === 'ntfs') {
    await run(installedTool(context, 'mkntfs', 'ntfs-3g'), [
      '-q',
      '-F',
      '-f',
      '-s',
      '512',
      '-p',
      '0',
      '-H',
      '0',
      '-S',
      '0',
      '-L',
      'windows',
      file,
    ]);
    const copy = installedTool(context, 'ntfscp', 'ntfs-3g');
    for (const name of names) await run(copy, ['-q', file, join(files, name), name]);
  } else {
    await run(installedTool(context, 'mkfs.vfat', 'dosfstools'), ['-F', '32', '-n', 'EFI', file]);
    await run(installedTool(context, 'mcopy', 'mtools'), [
      '-i',
      file,
      ...names.map((name) => join(files, name)),
      '::',
    ]);
  }
  return { kind, file, bytes };
}

async function fillWithRubbish(file: string, bytes: number): Promise<void> {
  const handle = await open(file, 'w');
  const rubbish = randomFillSync(Buffer.alloc(2 ** 20));
  for (let at = 0; at < bytes; at += rubbish.length)
    await handle.write(rubbish, 0, Math.min(rubbish.length, bytes - at), at);
  await handle.close();
}
