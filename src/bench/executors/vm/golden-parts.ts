import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ImageReader, ImageStore, keysOf } from '../../../engine/index.ts';
import { RunFailure } from '../../../failure.ts';
import { makeFolder } from '../../../folder-writer.ts';
import { publishLabImage } from '../local/lab-image.ts';
import { makeBootableDisk } from './bootable-disk.ts';

const MAIN = fileURLToPath(new URL('../../../cli/main.ts', import.meta.url));

/** What a deployment to virtual machines needs. */
export interface GoldenParts {
  /** A store with the image, and its keys. */
  readonly store: string;
  readonly bootFolder: string;
  /** The golden disk. */
  readonly diskFile: string;
}

export interface GoldenWishes {
  /** Is there; everything is made in it. */
  readonly folder: string;
  readonly diskBytes: number;
  readonly pieceBytes: number;
  /** A disk that is there, or null: one that starts is made. */
  readonly imageFile: string | null;
  readonly signal: AbortSignal;
}

/**
 * Makes the boot image by the command that a person uses, a disk that starts, and its image: raw, the whole disk, so that
 * chunks, pieces and disk are the same bytes, as in other labs.
 * Rejects with a ConfigError for a disk that cannot be, a RunFailure (`GOLDEN_DISK`) where a tool fails, and the reason
 * of the signal.
 */
export async function makeGoldenParts(wishes: GoldenWishes): Promise<GoldenParts> {
  const { folder, pieceBytes, imageFile, signal } = wishes;
  const store = join(folder, 'store');
  const bootFolder = join(folder, 'boot');
  await makeFolder(store);
  await buildBootFiles({ store, bootFolder, signal });
  const diskFile = imageFile ?? (await makeDisk(wishes, bootFolder));
  const disk = await ImageReader.open(diskFile, pieceBytes);
  try {
    const keys = await keysOf(new ImageStore(store));
    await publishLabImage(disk, { folder: store, pieceBytes, encoding: 'raw', keys });
  } finally {
    await disk.close();
  }
  return { store, bootFolder, diskFile };
}

async function buildBootFiles(parts: {
  readonly store: string;
  readonly bootFolder: string;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { store, bootFolder, signal } = parts;
  const command = ['bootimage', 'build', '--kernel', 'cloud', '--out', bootFolder, '--store', store];
  try {
    await promisify(execFile)(process.execPath, [MAIN, ...command], { signal });
  } catch (cause) {
    signal.throwIfAborted();
    const lastLine = String((cause as { stderr?: string }).stderr ?? cause)
      .trim()
      .split('\n')
      .at(-1);
    throw new RunFailure('BOOT_IMAGE', `the boot image cannot be built: ${lastLine}`, { cause });
  }
}

async function makeDisk({ folder, diskBytes }: GoldenWishes, bootFolder: string): Promise<string> {
  return makeBootableDisk({ kernelFile: join(bootFolder, 'vmlinuz'), folder, sizeBytes: diskBytes });
}
