import { mkdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ProtocolError } from '../../../../engine/index.ts';
import { ConfigError, type RunFailure } from '../../../../failure.ts';
import { makeFolder } from '../../../../folder-writer.ts';
import { ZSTD_LEVEL } from '../../zstd-level.ts';
import type { Command } from '../pipe-script.ts';
import { said } from '../program-answer-reader.ts';
import { ProgramPipe } from '../program-pipe.ts';
import {
  partcloneFor,
  partitionsIn,
  SAVED_FILES,
  type SavedPartition,
  savedPartitions,
} from './saved-disk.ts';

/** Behind the MBR, where boot loaders keep themselves; Clonezilla saves no more of it. */
const MOST_HIDDEN_BYTES = 2 ** 20;
const SECTOR_BYTES = 512;

/** A disk as Clonezilla saves it. */
export interface SavedDisk {
  readonly folder: string;
  readonly partitions: readonly SavedPartition[];
  /** All partition images, as they go over the wire. */
  readonly wireBytes: number;
}

/**
 * Saves a disk with the programs of Clonezilla and under its names: sfdisk, partclone, zstd.
 * Rejects with a RunFailure (`PROGRAM`) that says which program failed, and with a ConfigError for a disk without
 * partitions that it could save.
 * @param folder is made, and beside it one that is removed again; what an earlier try has left of either is removed
 */
export async function saveDisk(diskFile: string, folder: string): Promise<SavedDisk> {
  const scratch = `${folder}.scratch`;
  for (const own of [folder, scratch]) await rm(own, { recursive: true, force: true });
  await makeFolder(folder);
  await mkdir(scratch);
  await symlink(diskFile, join(scratch, 'sda'));
  const dump = (await said(['sfdisk', '--dump', 'sda'], scratch)).replaceAll(
    /^(device: )?sda/gm,
    '$1/dev/sda',
  );
  const partitions = partitionsOf(diskFile, dump);
  const systems: string[] = [];
  for (const { device, ...place } of partitions) {
    await copy(diskFile, join(scratch, device), place);
    systems.push(`/dev/${device} ${await fileSystemOf(join(scratch, device))}\n`);
  }
  await writeFile(join(folder, SAVED_FILES.table), dump);
  await writeFile(join(folder, SAVED_FILES.fileSystems), systems.join(''));
  await saveBootCode(diskFile, folder, partitions[0]!.diskOffset);
  const saved = savedPartitions(dump, systems.join(''));
  for (const partition of saved) await savePartition(join(scratch, partition.device), folder, partition);
  await rm(scratch, { recursive: true });
  const sizes = await Promise.all(saved.map(async ({ file }) => (await stat(join(folder, file))).size));
  return { folder, partitions: saved, wireBytes: sizes.reduce((sum, bytes) => sum + bytes, 0) };
}

function partitionsOf(diskFile: string, dump: string): ReturnType<typeof partitionsIn> {
  try {
    return partitionsIn(dump);
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause;
    const sentence = `Clonezilla cannot save ${diskFile} by its partition table: ${cause.message}`;
    throw new ConfigError('image', sentence, { cause });
  }
}

async function saveBootCode(diskFile: string, folder: string, firstPartition: number): Promise<void> {
  const end = Math.min(firstPartition, MOST_HIDDEN_BYTES);
  const hidden = { diskOffset: SECTOR_BYTES, bytes: end - SECTOR_BYTES };
  await copy(diskFile, join(folder, SAVED_FILES.bootCode), { diskOffset: 0, bytes: SECTOR_BYTES });
  await piped([reading(diskFile, hidden), packing(join(folder, SAVED_FILES.behindBootCode))]);
}

async function savePartition(
  partition: string,
  folder: string,
  { fileSystem, file }: SavedPartition,
): Promise<void> {
  const program = partcloneFor(fileSystem);
  const copies = program === 'partclone.dd' ? [] : ['-c', '-C'];
  const log = `${partition}.log`;
  await piped([
    [program, ...copies, '-q', '-L', log, '-s', partition, '-O', '-'],
    packing(join(folder, file)),
  ]);
}

/** An empty answer and exit code 2: nothing that blkid knows. */
async function fileSystemOf(partition: string): Promise<string> {
  const probe: Command = ['blkid', '-p', '-s', 'TYPE', '-o', 'value', partition];
  const answer = await said(probe).catch((failure: RunFailure) => {
    if ((failure.cause as { code?: unknown }).code === 2) return '';
    throw failure;
  });
  return answer.trim() || 'unknown';
}

function copy(from: string, to: string, place: Pick<SavedPartition, 'diskOffset' | 'bytes'>): Promise<void> {
  return piped([[...reading(from, place), `of=${to}`, 'conv=sparse']]);
}

function reading(from: string, { diskOffset, bytes }: Pick<SavedPartition, 'diskOffset' | 'bytes'>): Command {
  const range = [`skip=${diskOffset}`, `count=${bytes}`, 'iflag=skip_bytes,count_bytes'];
  return ['dd', `if=${from}`, 'bs=1M', 'status=none', ...range];
}

function packing(to: string): Command {
  return ['zstd', '-q', `-${ZSTD_LEVEL}`, '-o', to];
}

async function piped(commands: readonly Command[]): Promise<void> {
  await new ProgramPipe(commands).finished;
}
