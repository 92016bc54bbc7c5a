import { createHash } from 'node:crypto';
import { copyFile, mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { installedTool } from '../../../bench/executors/local/installed-tool.ts';
import type { AFileSystem } from './a-file-system.ts';
import { run } from './run-tool.ts';

const MEBIBYTE = 2 ** 20;
const SECTOR_BYTES = 512;

/** How Clonezilla's pipe ends: `-z1`, `-z5` and so on. */
export const COMPRESSORS = {
  gz: ['gzip', 'gzip'],
  zst: ['zstd', 'zstd'],
  xz: ['xz', 'xz-utils'],
  lz4: ['lz4', 'lz4'],
  bz2: ['bzip2', 'bzip2'],
} as const;
export type Compressor = keyof typeof COMPRESSORS | 'uncomp';

/** A disk with partitions one after the other, and the folder that Clonezilla would make of it. */
export interface AClonezillaFolder {
  readonly folder: string;
  /** The disk that was saved, with everything on it. */
  readonly disk: string;
  readonly diskBytes: number;
  /** The partitions by number, with their partclone streams as they are before the compression. */
  readonly partitions: readonly {
    number: number;
    startBytes: number;
    fileSystem: AFileSystem;
    stream: string;
  }[];
  readonly swap: { number: number; startBytes: number; bytes: number; uuid: string };
}

export interface ClonezillaSetup {
  readonly folder: string;
  readonly label: 'gpt' | 'dos';
  readonly fileSystems: readonly AFileSystem[];
  readonly compressor: Compressor;
  /** Options for partclone. */
  readonly partcloneArgs?: readonly string[];
  /** Bytes of a part, as `split -b` makes them. */
  readonly splitBytes?: number;
}

/**
 * Saves a disk in the way of Clonezilla (ocs-sr, savedisk): the same commands, on a file. The last partition is swap.
 * On a disk with MBR the file systems from the fourth on, and the swap, are logical partitions.
 */
export async function aClonezillaFolder(
  context: TestContext,
  setup: ClonezillaSetup,
): Promise<AClonezillaFolder> {
  const { folder, label, fileSystems } = setup;
  const image = join(folder, 'saved');
  await mkdir(image);
  const disk = join(folder, 'disk.img');
  const swapBytes = 4 * MEBIBYTE;
  const diskBytes = [...fileSystems.map(({ bytes }) => bytes), swapBytes].reduce(
    (sum, bytes) => sum + bytes + MEBIBYTE,
    4 * MEBIBYTE,
  );
  await writeFile(disk, '');
  const handle = await open(disk, 'r+');
  await handle.truncate(diskBytes);
  await handle.close();
  const sfdisk = installedTool(context, 'sfdisk', 'fdisk');
  await run(
    sfdisk,
    ['--quiet', disk],
    sfdiskScript(label, [...fileSystems.map(({ bytes }) => bytes), swapBytes]),
  );
  const dump = await run(sfdisk, ['--dump', disk]);
  const places = dump
    .split('\n')
    .map((line) => /^\S+?disk\.img(\d+) : start=\s*(\d+), size=\s*(\d+), type=([^,]+)/.exec(line))
    .filter((match) => match !== null && match[4] !== '5')
    .map((match) => ({
      number: Number(match![1]),
      startBytes: Number(match![2]) * SECTOR_BYTES,
      bytes: Number(match![3]) * SECTOR_BYTES,
    }));
  const uuid = '3b1f2c64-8d0c-4f57-9d5b-1f7a4c1f0a77';
  const partitions = [];
  for (const [place, fileSystem] of fileSystems.entries()) {
    const { number, startBytes } = places[place]!;
    await copyInto(disk, fileSystem.file, startBytes);
    const stream = join(folder, `sda${number}.ptcl`);
    await run(installedTool(context, `partclone.${fileSystem.kind}`, 'partclone'), [
      '-c',
      '-F',
      '-q',
      '-f',
      '1',
      '-L',
      join(folder, 'partclone.log'),
      '-s',
      fileSystem.file,
      '-o',
      stream,
      ...(setup.partcloneArgs ?? []),
    ]);
    await compressInto(context, setup, {
      stream,
      base: join(image, `sda${number}.${fileSystem.kind}-ptcl-img.${setup.compressor}`),
    });
    partitions.push({ number, startBytes, fileSystem, stream });
  }
  const swap = { ...places.at(-1)!, uuid };
  const bytes = await readFile(disk);
  await writeFile(join(image, 'disk'), 'sda\n');
  await writeFile(
    join(image, 'parts'),
    `${partitions.map(({ number }) => `sda${number}`).join(' ')} sda${swap.number}\n`,
  );
  await writeFile(join(image, 'sda-pt.sf'), dump.replaceAll(disk, '/dev/sda'));
  await writeFile(
    join(image, 'sda-pt.parted'),
    `Model: A disk (file)\nDisk /dev/sda: ${diskBytes / SECTOR_BYTES}s\nSector size (logical/physical): 512B/512B\n`,
  );
  await writeFile(join(image, 'sda-mbr'), bytes.subarray(0, SECTOR_BYTES));
  await writeFile(join(image, `swappt-sda${swap.number}.info`), `UUID="${uuid}"\nLABEL="swapspace"\n`);
  if (label === 'gpt') {
    await writeFile(join(image, 'sda-gpt-1st'), bytes.subarray(0, 34 * SECTOR_BYTES));
    await writeFile(join(image, 'sda-gpt-2nd'), bytes.subarray(diskBytes - 32 * SECTOR_BYTES));
  } else
    await writeFile(
      join(image, 'sda-hidden-data-after-mbr'),
      bytes.subarray(SECTOR_BYTES, 2048 * SECTOR_BYTES),
    );
  return { folder: image, disk, diskBytes, partitions, swap };
}

/** Starts are left to sfdisk, which puts them at whole mebibytes. */
function sfdiskScript(label: ClonezillaSetup['label'], sizes: readonly number[]): string {
  const lines = sizes.map((bytes) => `size=${bytes / SECTOR_BYTES}`);
  if (label === 'dos' && sizes.length > 4) lines.splice(3, 0, 'type=5');
  return [`label: ${label}`, ...lines, ''].join('\n');
}

async function copyInto(disk: string, file: string, at: number): Promise<void> {
  const handle = await open(disk, 'r+');
  await handle.write(await readFile(file), 0, undefined, at);
  await handle.close();
}

/** Saves the stream of the first partition again, in another way; what was there of it goes away. */
export async function saveStream(
  context: TestContext,
  { folder, partitions }: Pick<AClonezillaFolder, 'folder' | 'partitions'>,
  setup: Pick<ClonezillaSetup, 'compressor' | 'splitBytes'>,
  kind?: string,
): Promise<void> {
  const { number, stream, fileSystem } = partitions[0]!;
  for (const name of await readdir(folder))
    if (name.startsWith(`sda${number}.`)) await rm(join(folder, name));
  const base = join(folder, `sda${number}.${kind ?? `${fileSystem.kind}-ptcl-img`}.${setup.compressor}`);
  await compressInto(context, setup, { stream, base });
}

async function compressInto(
  context: TestContext,
  { compressor, splitBytes }: Pick<ClonezillaSetup, 'compressor' | 'splitBytes'>,
  { stream, base }: { stream: string; base: string },
): Promise<void> {
  let packed = stream;
  if (compressor !== 'uncomp') {
    const [command, debianPackage] = COMPRESSORS[compressor];
    const tool = installedTool(context, command, debianPackage);
    packed = `${stream}.packed`;
    await run('/bin/sh', ['-c', '"$1" -c < "$2" > "$3"', 'sh', tool, stream, packed]);
  }
  if (splitBytes === undefined) await copyFile(packed, base);
  else await run('split', ['-a', '2', '-b', String(splitBytes), packed, `${base}.`]);
}

/** SHA-256 in hex, to compare what is too long to be shown. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
