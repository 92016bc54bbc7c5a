import { type FileHandle, open } from 'node:fs/promises';
import { ConfigError, RunFailure } from '../../failure.ts';
import type { ChunkStore } from '../swarm/swarm-client.ts';

/** A golden image file, opened for reading. */
export class ImageReader implements ChunkStore {
  readonly sizeBytes: number;
  readonly #file: FileHandle;
  readonly #pieceBytes: number;

  private constructor(file: FileHandle, sizeBytes: number, pieceBytes: number) {
    this.#file = file;
    this.sizeBytes = sizeBytes;
    this.#pieceBytes = pieceBytes;
  }

  /** Throws a ConfigError (`--image`) where the file is missing, empty or not a plain file. */
  static async open(imageFile: string, pieceBytes: number): Promise<ImageReader> {
    const file = await open(imageFile, 'r').catch((cause: NodeJS.ErrnoException) => {
      throw new ConfigError('--image', unreadable(imageFile, cause), { cause });
    });
    const stat = await file.stat();
    if (stat.isFile() && stat.size > 0) return new ImageReader(file, stat.size, pieceBytes);
    await file.close();
    const what = stat.isFile() ? 'is empty' : 'is not a plain file';
    throw new ConfigError('--image', `image file ${imageFile} ${what}; give a disk image`);
  }

  read(piece: number, offset: number, into: Uint8Array): Promise<Uint8Array> {
    return this.readAt(piece * this.#pieceBytes + offset, into);
  }

  /** Fills `into` from `offset` of the image on, and resolves with it. */
  async readAt(offset: number, into: Uint8Array): Promise<Uint8Array> {
    let filled = 0;
    while (filled < into.length) {
      const { bytesRead } = await this.#file.read(into, filled, into.length - filled, offset + filled);
      if (bytesRead === 0) throw new RunFailure('IMAGE_SHORT', `the image ends at byte ${offset + filled}`);
      filled += bytesRead;
    }
    return into;
  }

  write(): Promise<void> {
    throw new Error('a golden image is never written');
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

/** @returns bytes of an image file. Throws a ConfigError where it cannot be deployed. */
export async function imageFileSize(imageFile: string): Promise<number> {
  const reader = await ImageReader.open(imageFile, 1);
  await reader.close();
  return reader.sizeBytes;
}

function unreadable(imageFile: string, { code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return `image file ${imageFile} does not exist; give a disk image`;
  if (code === 'EACCES') return `image file ${imageFile} may not be read; change its rights or give another`;
  return `image file ${imageFile} cannot be read: ${message}`;
}
