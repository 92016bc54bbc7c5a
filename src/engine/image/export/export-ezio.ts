import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ConfigError } from '../../../failure.ts';
import { makeFolder } from '../../../folder-writer.ts';
import type { RawRun } from '../image-draft.ts';
import type { ImagePartition } from '../manifest.ts';
import { writeAll } from '../write-all.ts';
import { assertDiskImage } from './disk-image.ts';
import type { ExportWishes } from './export-raw.ts';
import { EZIO_PIECE_BYTES, encodeEzioTorrent, PieceHasher } from './ezio-torrent.ts';
import { type UsedFile, usedFileName, usedFilesOf } from './used-files.ts';
import { verifiedChunks } from './verified-chunks.ts';

export interface EzioExportWishes extends ExportWishes {
  /** Announce URL for the torrents. */
  readonly tracker?: string;
}

/** Machines give their disks other names; Clonezilla renames the partitions of an image when it is told to. */
const DISK = 'sda';

/**
 * Writes a golden image in the layout that machines with EZIO, Clonezilla's BT mode, download: a folder for each
 * partition with a file for each run that is in use, and a torrent beside it. What is in no partition (boot code, the
 * partition table) has no place there. The folder appears whole or not at all.
 * @returns the names of the torrents. Throws a ConfigError (`target`), a RunFailure (`BAD_CHUNK`)
 */
export async function exportEzio(wishes: EzioExportWishes): Promise<string[]> {
  assertDiskImage(wishes.image.manifest);
  // Without the slash that a shell puts behind a folder: what is made beside it would be made in it.
  const target = resolve(wishes.target);
  // --force is no licence to remove a folder with whatever it holds.
  if ((await namesIn(target)).length > 0)
    throw new ConfigError(
      'target',
      `${target} is there already and not empty; name a folder that is to be made`,
    );
  const partial = `${target}.${randomUUID().slice(0, 8)}.partial`;
  await makeFolder(partial);
  try {
    const torrents = await writePartitions(partial, wishes);
    await rename(partial, target);
    return torrents;
  } catch (cause) {
    await rm(partial, { recursive: true, force: true });
    throw cause;
  }
}

async function writePartitions(folder: string, wishes: EzioExportWishes): Promise<string[]> {
  const { image, store, signal, progressed, tracker } = wishes;
  const map = await store.extentMapOf(image);
  const names: string[] = [];
  let done = 0;
  for (const partition of image.manifest.partitions) {
    const files = usedFilesOf(map, partition);
    // Swap is made anew by Clonezilla itself.
    if (files.length === 0 || partition.copied === 'created') continue;
    const name = `${DISK}${partition.number}`;
    const inside = {
      ...map,
      chunks: map.chunks.filter((chunk) => overlap(chunk.diskOffset, chunk.rawBytes, partition)),
    };
    await mkdir(join(folder, name));
    const writer = new UsedFilesWriter(join(folder, name), files);
    try {
      for await (const run of verifiedChunks(image, inside, signal)) {
        await writer.write(withinPartition(run, partition));
        done += run.bytes.length;
        progressed(Math.min(done, image.manifest.payload.rawBytes), image.manifest.payload.rawBytes);
      }
    } finally {
      await writer.close();
    }
    const pieces = writer.pieces();
    const torrent = encodeEzioTorrent({ name, files, pieces, ...(tracker !== undefined && { tracker }) });
    await writeFile(join(folder, `${name}.torrent`), torrent, { flush: true });
    names.push(`${name}.torrent`);
  }
  return names;
}

function overlap(offset: number, length: number, { startBytes, bytes }: ImagePartition): boolean {
  return offset < startBytes + bytes && offset + length > startBytes;
}

function withinPartition({ diskOffset, bytes }: RawRun, partition: ImagePartition): RawRun {
  const from = Math.max(0, partition.startBytes - diskOffset);
  const to = Math.min(bytes.length, partition.startBytes + partition.bytes - diskOffset);
  return { diskOffset: diskOffset + from - partition.startBytes, bytes: bytes.subarray(from, to) };
}

/** Runs of a partition in ascending order, written to one file after the other. */
class UsedFilesWriter {
  readonly #folder: string;
  readonly #files: readonly UsedFile[];
  readonly #hasher = new PieceHasher(EZIO_PIECE_BYTES);
  #next = 0;
  #file: FileHandle | undefined;

  constructor(folder: string, files: readonly UsedFile[]) {
    this.#folder = folder;
    this.#files = files;
  }

  /** @param run offsets are those within the partition */
  async write({ diskOffset, bytes }: RawRun): Promise<void> {
    if (diskOffset === this.#files[this.#next]?.offset) {
      await this.close();
      this.#file = await open(join(this.#folder, usedFileName(this.#files[this.#next]!)), 'wx');
      this.#next++;
    }
    this.#hasher.add(bytes);
    await writeAll(this.#file!, bytes, diskOffset - this.#files[this.#next - 1]!.offset);
  }

  async close(): Promise<void> {
    await this.#file?.sync();
    await this.#file?.close();
    this.#file = undefined;
  }

  /** The hashes of all pieces, when everything is written. */
  pieces(): Buffer {
    return this.#hasher.end();
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    if (cause.code === 'ENOTDIR') throw new ConfigError('target', `${folder} is no folder`, { cause });
    throw cause;
  });
}
