import { execFile } from 'node:child_process';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { rm, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { RunFailure } from '../../../failure.ts';
import { type Partition, SECTOR_BYTES } from './partition-table.ts';
import { filesToFill, type SampleFile } from './sample-files-reader.ts';

/** Where Debian and others put them; they are not on everybody's search path. */
const TOOL_FOLDERS = ['/usr/sbin', '/usr/bin', '/sbin', '/bin', '/usr/local/sbin', '/usr/local/bin'];

/** ntfs-3g's tools that work on a plain file, without root and without mounting. */
export interface NtfsTools {
  readonly mkntfs: string;
  readonly ntfscp: string;
}

/** @returns null where they are not installed */
export function findNtfsTools(folders: readonly string[] = TOOL_FOLDERS): NtfsTools | null {
  const find = (name: string) => folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  const [mkntfs, ntfscp] = [find('mkntfs'), find('ntfscp')];
  return mkntfs === undefined || ntfscp === undefined ? null : { mkntfs, ntfscp };
}

const CLUSTER_BYTES = 4_096;
/** Every file costs one start of ntfscp. */
const MOST_FILES = 128;

/** NTFS keeps up to 2.5 MiB for its log and tables on a small volume and 0.5 % of a large one (seen with mkntfs). */
function roomOf(volumeBytes: number): number {
  return Math.max(0.97 * volumeBytes - 3 * 1_048_576, 0.4 * volumeBytes);
}

/** Fills a partition of the disk with an NTFS volume and as many of the files as fit. */
export async function writeNtfsVolume(
  { mkntfs, ntfscp }: NtfsTools,
  diskPath: string,
  partition: Partition,
  files: readonly SampleFile[],
): Promise<void> {
  const volume = `${diskPath}.ntfs`;
  const volumeBytes = partition.sectors * SECTOR_BYTES;
  await writeFile(volume, '');
  await truncate(volume, volumeBytes);
  const geometry = ['-p', `${partition.startSector}`, '-H', '255', '-S', '63', '-s', `${SECTOR_BYTES}`];
  await runTool(mkntfs, ['-F', '-Q', '-q', '-c', `${CLUSTER_BYTES}`, ...geometry, '-L', 'GOLDEN', volume]);
  const room = { bytes: roomOf(volumeBytes), clusterBytes: CLUSTER_BYTES, files: MOST_FILES };
  for (const [index, { path }] of filesToFill(files, room).entries()) {
    await runTool(ntfscp, ['-f', '-q', volume, path, `${index + 1}-${basename(path)}`]);
  }
  const start = partition.startSector * SECTOR_BYTES;
  await pipeline(createReadStream(volume), createWriteStream(diskPath, { flags: 'r+', start }));
  await rm(volume);
}

async function runTool(tool: string, options: readonly string[]): Promise<void> {
  await promisify(execFile)(tool, options).catch((cause: Error & { stderr: string }) => {
    const [reason = ''] = cause.stderr.split('\n');
    throw new RunFailure('SAMPLE_DISK', `${basename(tool)} failed: ${reason}`, { cause });
  });
}
