import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { ConfigError } from '../../../failure.ts';
import { moveBackupGpt, type WritableDisk } from '../disk/backup-gpt-writer.ts';
import { deviceOf } from '../disk/device-reader.ts';
import type { ImageStore, StoredImage } from '../image-store.ts';
import { writeAll } from '../write-all.ts';
import { assertDiskImage } from './disk-image.ts';
import { verifiedChunks } from './verified-chunks.ts';

export interface ExportWishes {
  readonly image: StoredImage;
  readonly store: ImageStore;
  /** A file or folder to make. */
  readonly target: string;
  /** Whether what is there may be replaced. */
  readonly isForced: boolean;
  readonly signal: AbortSignal;
  /** Raw bytes that were written, of all that will be. */
  readonly progressed: (done: number, all: number) => void;
}

export interface RawExportWishes extends ExportWishes {
  /** A block device is written to only when it is asked for: everything on it is lost. */
  readonly isDeviceWanted: boolean;
  /** Before the first byte of a device: from then on what was on it is lost, however the export ends. */
  readonly overwriteBegun: () => void;
}

/**
 * Writes a golden image as a plain disk file with holes, or to a block device; every chunk is held against its SHA-256
 * before it is written. A file appears whole or not at all; on a larger device the second copy of a GPT goes to the end. Throws a ConfigError (`target`), a RunFailure (`BAD_CHUNK`, `BAD_TABLE`).
 */
export async function exportRaw(wishes: RawExportWishes): Promise<void> {
  assertDiskImage(wishes.image.manifest);
  const found = await foundAt(wishes.target);
  if (found?.isBlockDevice()) return exportToDevice(wishes);
  if (found && !found.isFile()) throw new ConfigError('target', `${wishes.target} is no file`);
  if (found && found.size > 0 && !wishes.isForced)
    throw new ConfigError('target', `${wishes.target} is there already and not empty; --force replaces it`);
  const partial = `${wishes.target}.${randomUUID().slice(0, 8)}.partial`;
  const file = await open(partial, 'wx');
  try {
    await file.truncate(wishes.image.manifest.disk.bytes);
    await writeDisk(file, wishes);
    await file.close();
    await rename(partial, wishes.target);
  } catch (cause) {
    await file.close();
    await rm(partial, { force: true });
    throw cause;
  }
}

async function exportToDevice(wishes: RawExportWishes): Promise<void> {
  const { target, isDeviceWanted, isForced, image } = wishes;
  if (!isDeviceWanted || !isForced)
    throw new ConfigError(
      'target',
      `${target} is a block device; everything on it would be lost. If that is meant, say --device --force`,
    );
  // Of a block device the kernel takes O_EXCL for: nobody else uses it, it is not mounted.
  const file = await open(target, constants.O_RDWR | constants.O_EXCL).catch(
    (cause: NodeJS.ErrnoException) => {
      throw new ConfigError('target', `${target} cannot be written to: ${cause.message}`, { cause });
    },
  );
  try {
    const sizeBytes = await assertFits(file, wishes);
    wishes.overwriteBegun();
    await writeDisk(file, wishes);
    await fitBackupGpt(file, { image, sizeBytes });
  } finally {
    await file.close();
  }
  wishes.progressed(image.manifest.payload.rawBytes, image.manifest.payload.rawBytes);
}

/** Once all else is on the disk, as on a machine. */
async function fitBackupGpt(
  file: FileHandle,
  { image, sizeBytes }: { image: StoredImage; sizeBytes: number },
): Promise<void> {
  const { table, disk } = image.manifest;
  if (table !== 'gpt' || sizeBytes === disk.bytes) return;
  const device: WritableDisk = {
    sizeBytes,
    readAt: async (offset, into) => {
      await file.read(into, 0, into.length, offset);
      return into;
    },
    writeAt: (offset, bytes) => writeAll(file, bytes, offset),
  };
  await moveBackupGpt(device, disk.sectorBytes);
  await file.sync();
}

/** @returns bytes of the device */
async function assertFits(device: FileHandle, { target, image }: RawExportWishes): Promise<number> {
  const { disk, table } = image.manifest;
  const { sizeBytes, sectorBytes = disk.sectorBytes } = await deviceOf(device);
  if (sizeBytes < disk.bytes)
    throw new ConfigError('target', `${target} is smaller than the disk of ${disk.bytes} bytes`);
  if (table !== 'none' && sectorBytes !== disk.sectorBytes)
    throw new ConfigError(
      'target',
      `${target} has sectors of ${sectorBytes} bytes, and the partition table of the image counts in sectors of ${disk.sectorBytes}: nobody would find it there`,
    );
  return sizeBytes;
}

async function writeDisk(
  file: FileHandle,
  { image, store, signal, progressed }: ExportWishes,
): Promise<void> {
  let done = 0;
  for await (const { diskOffset, bytes } of verifiedChunks(image, await store.extentMapOf(image), signal)) {
    await writeAll(file, bytes, diskOffset);
    done += bytes.length;
    progressed(done, image.manifest.payload.rawBytes);
  }
  await file.sync();
}

async function foundAt(target: string) {
  return stat(target).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw cause;
  });
}
