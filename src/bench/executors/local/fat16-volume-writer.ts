import { type FileHandle, readFile } from 'node:fs/promises';
import { clusterBytesOf, dataOffsetOf, fat16Geometry, fat16Head, MOST_FILES } from './fat16-layout.ts';
import { type Partition, SECTOR_BYTES } from './partition-table.ts';
import { filesToFill, type SampleFile } from './sample-files-reader.ts';

/** Fills a partition with a FAT16 volume and as many of the files as fit. Needs no tool. */
export async function writeFat16Volume(
  disk: FileHandle,
  partition: Partition,
  files: readonly SampleFile[],
): Promise<void> {
  const geometry = fat16Geometry(partition.sectors);
  const clusterBytes = clusterBytesOf(geometry);
  const bytes = geometry.clusters * clusterBytes;
  const chosen = filesToFill(files, { bytes, clusterBytes, files: MOST_FILES });
  const volumeOffset = partition.startSector * SECTOR_BYTES;
  const entries = chosen.map(({ sizeBytes }, index) => ({ shortName: shortNameOf(index), sizeBytes }));
  await writeAll(disk, fat16Head(geometry, entries, partition.startSector), volumeOffset);
  let offset = volumeOffset + dataOffsetOf(geometry);
  for (const { path, sizeBytes } of chosen) {
    await writeAll(disk, await readFile(path), offset);
    offset += Math.ceil(sizeBytes / clusterBytes) * clusterBytes;
  }
}

function shortNameOf(index: number): string {
  return `FILE${String(index + 1).padStart(4, '0')}BIN`;
}

async function writeAll(disk: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await disk.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
