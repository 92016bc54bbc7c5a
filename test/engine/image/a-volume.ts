import { execFile } from 'node:child_process';
import { open, readFile, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TestContext } from 'vitest';
import { type ByteRange, mergedRanges } from '../../../src/engine/image/disk/byte-ranges.ts';
import { assertWithin, type Volume } from '../../../src/engine/image/disk/volume.ts';
import { installedTool } from '../../bench/executors/local/installed-tool.ts';
import { aFolder } from '../an-image.ts';

export const MIB = 2 ** 20;
/** Real files, of all sizes. */
export const REAL_FILES = fileURLToPath(new URL('../../../src', import.meta.url));
/** Stands in every block of a volume before it is formatted: what is not overwritten is free space of unknown content. */
export const MARKER = 'left over from before ';

const run = promisify(execFile);

/** A tool of others; @returns what it printed. */
export type Tool = (...args: string[]) => Promise<string>;

/** Fails with what the tool said. */
export function tool(context: TestContext, name: string, debianPackage: string): Tool {
  const path = installedTool(context, name, debianPackage);
  return async (...args) => {
    const { stdout, stderr } = await run(path, args, { maxBuffer: 64 * MIB });
    return `${stdout}${stderr}`;
  };
}

/** Bytes in memory as a volume. */
export function volumeOf(bytes: Buffer): Volume {
  const volume = {
    bytes: bytes.length,
    read: async (offset: number, length: number) => {
      assertWithin(volume, offset, length);
      return Buffer.from(bytes.subarray(offset, offset + length));
    },
  };
  return volume;
}

/** A file full of the marker, or of nothing, that is gone when the test is over. */
export async function aVolumeFile(bytes: number, content: 'marked' | 'blank' = 'marked'): Promise<string> {
  const file = join(await aFolder(), 'volume.img');
  if (content === 'marked') await writeFile(file, Buffer.alloc(bytes, MARKER));
  else {
    await writeFile(file, '');
    await truncate(file, bytes);
  }
  return file;
}

/** How a file system is made without root: @returns the file. */
export type VolumeMaker = (context: TestContext) => Promise<string>;

export function ext(bytes: number, type: 'ext2' | 'ext3' | 'ext4', ...options: string[]): VolumeMaker {
  return async (context) => {
    const file = await aVolumeFile(bytes);
    const make = tool(context, `mkfs.${type}`, 'e2fsprogs');
    await make('-q', '-F', '-E', 'nodiscard', '-L', 'golden', '-d', REAL_FILES, ...options, file);
    return file;
  };
}

export function ntfs(bytes: number, ...options: string[]): VolumeMaker {
  return async (context) => {
    const file = await aVolumeFile(bytes);
    await tool(context, 'mkntfs', 'ntfs-3g')('-F', '-Q', '-q', '-L', 'golden', ...options, file);
    const copy = tool(context, 'ntfscp', 'ntfs-3g');
    for (const name of ['failure.ts', 'cli/main.ts', 'engine/bencode.ts'])
      await copy('-f', '-q', file, join(REAL_FILES, name), basename(name));
    return file;
  };
}

export function fat(bytes: number, bits: 12 | 16 | 32): VolumeMaker {
  return async (context) => {
    const file = await aVolumeFile(bytes);
    await tool(context, 'mkfs.fat', 'dosfstools')('-F', `${bits}`, '-n', 'GOLDEN', file);
    const copy = tool(context, 'mcopy', 'mtools');
    await copy('-s', '-i', file, join(REAL_FILES, 'cli'), '::/');
    return file;
  };
}

export function exfat(bytes: number): VolumeMaker {
  return async (context) => {
    const file = await aVolumeFile(bytes);
    await tool(context, 'mkfs.exfat', 'exfatprogs')('-L', 'golden', file);
    return file;
  };
}

export function xfs(bytes: number, ...options: readonly string[]): VolumeMaker {
  return async (context) => {
    const file = await aVolumeFile(bytes, 'blank');
    await tool(context, 'mkfs.xfs', 'xfsprogs')('-q', '-L', 'golden', ...options, file);
    return file;
  };
}

export function btrfs(bytes: number): VolumeMaker {
  return async (context) => {
    const file = await aVolumeFile(bytes);
    await tool(context, 'mkfs.btrfs', 'btrfs-progs')('-q', '-K', '-L', 'golden', '-r', REAL_FILES, file);
    return file;
  };
}

export function swap(bytes: number): VolumeMaker {
  return async (context) => {
    const file = await aVolumeFile(bytes);
    await tool(context, 'mkswap', 'util-linux')('-L', 'golden', file);
    return file;
  };
}

/** A file that holds what the ranges of another hold, and other bytes everywhere else. */
export async function restored(file: string, used: readonly ByteRange[]): Promise<string> {
  const source = await readFile(file);
  const bytes = Buffer.alloc(source.length, 0xa5);
  for (const { start, end } of used) source.copy(bytes, start, start, end);
  const target = `${file}.restored`;
  await writeFile(target, bytes);
  return target;
}

/** What partclone's map of a volume says is in use. */
export async function partcloneRanges(
  context: TestContext,
  name: string,
  file: string,
): Promise<ByteRange[]> {
  const domain = `${file}.domain`;
  await tool(context, `partclone.${name}`, 'partclone')(
    '-D',
    '-F',
    '-q',
    '-L',
    `${file}.log`,
    '-s',
    file,
    '-o',
    domain,
  );
  const lines = (await readFile(domain, 'utf8'))
    .split('\n')
    .filter((line) => /^0x\w+\s+0x\w+\s+\+/.test(line));
  return mergedRanges(
    lines.map((line) => {
      const [start, bytes] = line.split(/\s+/).map(Number) as [number, number];
      return { start, end: start + bytes };
    }),
  );
}

/** Changes a byte of a file. */
export async function flipByte(file: string, at: number): Promise<void> {
  const handle = await open(file, 'r+');
  const byte = Buffer.alloc(1);
  await handle.read(byte, 0, 1, at);
  byte[0]! ^= 0x41;
  await handle.write(byte, 0, 1, at);
  await handle.close();
}
