import { constants } from 'node:fs';
import { access, type FileHandle, open, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError, RunFailure } from '../../../failure.ts';
import { assertWithin, type Volume } from '../disk/volume.ts';
import { sysfsFolder, usesOf } from './disk-use-reader.ts';

/** Sysfs counts in sectors of 512 bytes, whatever the disk does. */
const SYSFS_SECTOR_BYTES = 512;

/** A disk, or a file that is the image of one, opened for a capture: nobody else may be using it. */
export class LocalDisk implements Volume {
  readonly path: string;
  readonly bytes: number;
  readonly sectorBytes: number;
  readonly #file: FileHandle;

  private constructor(file: FileHandle, known: Pick<LocalDisk, 'path' | 'bytes' | 'sectorBytes'>) {
    this.#file = file;
    this.path = known.path;
    this.bytes = known.bytes;
    this.sectorBytes = known.sectorBytes;
  }

  /** Throws a ConfigError (`disk`) where it is missing, in use or no disk. */
  static async open(path: string): Promise<LocalDisk> {
    const real = await realpath(path).catch((cause) => {
      throw refusal(path, cause);
    });
    const uses = await usesOf(real);
    if (uses.length > 0) throw inUse(path, uses.join(', '));
    // Of a block device the kernel itself makes sure that nobody mounts it from now on (open(2), O_EXCL).
    const file = await open(real, constants.O_RDONLY | constants.O_EXCL).catch((cause) => {
      throw refusal(path, cause);
    });
    try {
      return new LocalDisk(file, { path, ...(await sizeOf(file, path, real)) });
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async read(offset: number, bytes: number): Promise<Buffer> {
    assertWithin(this, offset, bytes);
    const into = Buffer.alloc(bytes);
    await this.readInto(into, offset);
    return into;
  }

  /** Fills `into` from `offset` on. Throws a RunFailure (`SOURCE_UNREADABLE`) that names the place. */
  async readInto(into: Uint8Array, offset: number): Promise<void> {
    let filled = 0;
    while (filled < into.length) {
      const place = offset + filled;
      const { bytesRead } = await this.#file
        .read(into, filled, into.length - filled, place)
        .catch((cause) => {
          throw unreadable(this.path, place, cause.message, cause);
        });
      if (bytesRead === 0) throw unreadable(this.path, place, 'it ends there');
      filled += bytesRead;
    }
  }

  /**
   * Something that is another as soon as somebody writes to the file, or cuts it. Of a device it says nothing: times of
   * its node are changed by udev, too.
   */
  async changeMark(): Promise<string> {
    const stat = await this.#file.stat({ bigint: true });
    const { mtimeNs, ctimeNs, size } = stat;
    return stat.isBlockDevice() ? '' : `${size} ${mtimeNs} ${ctimeNs}`;
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

async function sizeOf(file: FileHandle, path: string, real: string) {
  const stat = await file.stat();
  if (stat.isFile())
    return { bytes: wholeSectors(path, stat.size), sectorBytes: await sectorBytesOfFile(file) };
  if (!stat.isBlockDevice()) throw new ConfigError('disk', `${path} is neither a disk nor a file`);
  const folder = await sysfsFolder(real);
  await access(join(folder, 'partition')).then(
    () => {
      throw new ConfigError('disk', `${path} is a partition; give the disk that it is on`);
    },
    () => {},
  );
  const [sectors, sectorBytes] = await Promise.all(
    ['size', 'queue/logical_block_size'].map(async (name) =>
      Number(await readFile(join(folder, name), 'utf8')),
    ),
  );
  return { bytes: wholeSectors(path, sectors! * SYSFS_SECTOR_BYTES), sectorBytes: sectorBytes! };
}

function wholeSectors(path: string, bytes: number): number {
  if (bytes > 0 && bytes % 512 === 0) return bytes;
  throw new ConfigError('disk', `${path} has ${bytes} bytes; a disk has sectors of 512 bytes, one at least`);
}

/** The header of a GPT stands in the second sector; where there is none a sector has 512 bytes as ever. */
async function sectorBytesOfFile(file: FileHandle): Promise<number> {
  const signature = Buffer.alloc(8);
  await file.read(signature, 0, 8, 4096);
  return signature.toString('latin1') === 'EFI PART' ? 4096 : 512;
}

function refusal(path: string, cause: NodeJS.ErrnoException): ConfigError {
  if (cause.code === 'EBUSY') return inUse(path, 'the kernel keeps it for somebody', cause);
  const sentence =
    cause.code === 'ENOENT'
      ? 'does not exist; `lsblk` lists the disks'
      : cause.code === 'EACCES'
        ? 'may not be read; run this as root'
        : `cannot be read: ${cause.message}`;
  return new ConfigError('disk', `${path} ${sentence}`, { cause });
}

function inUse(path: string, why: string, cause?: unknown): ConfigError {
  const remedy = 'unmount it, or start this computer from another disk';
  return new ConfigError('disk', `${path} is in use: ${why}; ${remedy}`, { cause });
}

function unreadable(path: string, place: number, why: string, cause?: unknown): RunFailure {
  return new RunFailure('SOURCE_UNREADABLE', `${path} cannot be read at byte ${place}: ${why}`, { cause });
}
