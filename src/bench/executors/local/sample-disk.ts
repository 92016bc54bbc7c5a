import { open } from 'node:fs/promises';
import { ConfigError } from '../../../failure.ts';
import { writeFat16Volume } from './fat16-volume-writer.ts';
import { findNtfsTools, type NtfsTools, writeNtfsVolume } from './ntfs-volume-writer.ts';
import { masterBootRecord, wholeDiskPartition } from './partition-table.ts';
import { sampleFiles } from './sample-files-reader.ts';

const SMALLEST_MIB = 4;
const LARGEST_MIB = 2_000;
const MIB = 1_048_576;

export interface SampleDiskOptions {
  readonly path: string;
  readonly sizeBytes: number;
  /** Null: not installed. Left out: looked for. */
  readonly ntfsTools?: NtfsTools | null;
}

/**
 * Makes a disk image of exactly that size: a partition table and one file system that holds real files, NTFS
 * where its tools are installed and FAT16 elsewhere. No root, no mount.
 * Throws a ConfigError (`image.size`) for a size that it cannot make.
 * @returns what the disk is, in one sentence
 */
export async function makeSampleDisk(options: SampleDiskOptions): Promise<string> {
  const { path, sizeBytes, ntfsTools = findNtfsTools() } = options;
  if (sizeBytes < SMALLEST_MIB * MIB || sizeBytes > LARGEST_MIB * MIB) {
    const allowed = `a sample disk has ${SMALLEST_MIB} MiB to ${LARGEST_MIB} MiB; give a disk image with --image`;
    throw new ConfigError('image.size', `${sizeBytes} bytes; ${allowed}`);
  }
  const partition = wholeDiskPartition(sizeBytes, ntfsTools === null ? 'FAT16' : 'NTFS');
  const files = await sampleFiles();
  const disk = await open(path, 'w');
  try {
    await disk.truncate(sizeBytes);
    await disk.write(masterBootRecord(partition), 0, undefined, 0);
    if (ntfsTools === null) await writeFat16Volume(disk, partition, files);
    else await writeNtfsVolume(ntfsTools, path, partition, files);
  } finally {
    await disk.close();
  }
  const why = ntfsTools === null ? ', because mkntfs and ntfscp are not installed' : '';
  return `The golden image is a sample disk: partition table and ${partition.fileSystem}${why}, filled with files of installed packages.`;
}
