import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, open, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { ConfigError, RunFailure } from '../../failure.ts';
import { PieceBuffers } from '../swarm/piece-buffers.ts';
import { PieceCache, type PieceLoan } from '../swarm/piece-cache.ts';
import type { BootFile, BootFileCursor } from './boot-file.ts';

/** Read at a time: some dozen blocks, so that the disk is asked seldom, and little where each of many clients holds two. */
const CHUNK_BYTES = 131_072;
/** Kept of each file beside what clients hold: machines that boot together read the same places. */
const KEPT_CHUNKS = 32;

/** A boot file on a disk: read in chunks that all clients share, never as a whole. */
export class DiskBootFile implements BootFile {
  readonly sizeBytes: number;
  readonly #path: string;
  readonly #file: FileHandle;
  /** When it was last written to before it was opened [ns]. */
  readonly #writtenAtNs: bigint;
  readonly #buffers = new PieceBuffers(CHUNK_BYTES, KEPT_CHUNKS);
  readonly #chunks = new PieceCache(
    KEPT_CHUNKS,
    (chunk) => this.#readChunk(chunk),
    (bytes) => this.#buffers.giveBack(bytes),
  );

  private constructor(path: string, file: FileHandle, { size, mtimeNs }: BigIntStats) {
    this.#path = path;
    this.#file = file;
    this.sizeBytes = Number(size);
    this.#writtenAtNs = mtimeNs;
  }

  /**
   * Keeps the file open: what is served is the file of this moment, whatever its name means later.
   * Throws a ConfigError where it is no plain file, or a symbolic link, or cannot be read.
   */
  static async open(path: string): Promise<DiskBootFile> {
    // Without O_NONBLOCK a pipe of that name would be waited for.
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const file = await open(path, flags).catch((cause: NodeJS.ErrnoException) => {
      throw new ConfigError('', `the boot file ${path} cannot be read: ${cause.message}`, { cause });
    });
    const stat = await file.stat({ bigint: true });
    if (stat.isFile()) return new DiskBootFile(path, file, stat);
    await file.close();
    throw new ConfigError('', `the boot file ${path} is not a plain file`);
  }

  open(): BootFileCursor {
    return new ChunkCursor(this.#chunks, this.sizeBytes);
  }

  /** Clients that still read get errors. */
  close(): Promise<void> {
    return this.#file.close();
  }

  async #readChunk(chunk: number): Promise<Uint8Array> {
    const offset = chunk * CHUNK_BYTES;
    const bytes = this.#buffers.take(Math.min(CHUNK_BYTES, this.sizeBytes - offset));
    try {
      if ((await this.#fill(bytes, offset)) && (await this.#isUnchanged())) return bytes;
    } catch (cause) {
      const why = (cause as Error).message;
      throw new RunFailure('BOOT_FILE', `the boot file ${this.#path} cannot be read: ${why}`, { cause });
    }
    throw new RunFailure(
      'BOOT_FILE_CHANGED',
      `the boot file ${this.#path} was written to while it is served: start the server again; a new file is best moved to its place`,
    );
  }

  /** @returns false where the file ends before */
  async #fill(bytes: Uint8Array, offset: number): Promise<boolean> {
    for (let filled = 0; filled < bytes.length; ) {
      const { bytesRead } = await this.#file.read(bytes, filled, bytes.length - filled, offset + filled);
      if (bytesRead === 0) return false;
      filled += bytesRead;
    }
    return true;
  }

  /**
   * Half an old kernel and half a new one start nothing. The time of the last change (ctime) tells nothing of that: it is
   * another when the name is given to a new file, and this one is whole.
   */
  async #isUnchanged(): Promise<boolean> {
    const { size, mtimeNs } = await this.#file.stat({ bigint: true });
    return Number(size) === this.sizeBytes && mtimeNs === this.#writtenAtNs;
  }
}

/** Holds the chunks that its client needs next: the one it is in and the one behind it. */
class ChunkCursor implements BootFileCursor {
  readonly #chunks: PieceCache;
  readonly #sizeBytes: number;
  readonly #held = new Map<number, PieceLoan>();
  #isClosed = false;

  constructor(chunks: PieceCache, sizeBytes: number) {
    this.#chunks = chunks;
    this.#sizeBytes = sizeBytes;
  }

  read(offset: number, into: Uint8Array): boolean {
    for (let filled = 0; filled < into.length; ) {
      const at = offset + filled;
      const bytes = this.#held.get(Math.floor(at / CHUNK_BYTES))?.bytes;
      if (!(bytes instanceof Uint8Array)) return false;
      const from = at % CHUNK_BYTES;
      const part = bytes.subarray(from, from + into.length - filled);
      into.set(part, filled);
      filled += part.length;
    }
    return true;
  }

  async bring(offset: number, bytes: number): Promise<void> {
    const first = Math.floor(offset / CHUNK_BYTES);
    const last = Math.floor((offset + bytes - 1) / CHUNK_BYTES);
    const end = Math.ceil(this.#sizeBytes / CHUNK_BYTES);
    this.#hold(first, Math.min(last + 2, end));
    for (let chunk = first; chunk <= last; chunk++) {
      const loan = this.#held.get(chunk);
      const read = await loan?.bytes;
      // The loan was made while the chunk was on its way; from now on it is at hand.
      if (read && this.#held.get(chunk) === loan) this.#held.set(chunk, { ...loan!, bytes: read });
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#hold(0, 0);
  }

  /** Holds the chunks from `first` up to `end`, and no others. */
  #hold(first: number, end: number): void {
    for (const [chunk, loan] of this.#held) {
      if (chunk >= first && chunk < end) continue;
      this.#held.delete(chunk);
      loan.giveBack();
    }
    for (let chunk = first; chunk < end && !this.#isClosed; chunk++) {
      if (this.#held.has(chunk)) continue;
      const loan = this.#chunks.borrow(chunk);
      // A chunk that is only read ahead fails when it is needed.
      Promise.resolve(loan.bytes).catch(() => {});
      this.#held.set(chunk, loan);
    }
  }
}

/**
 * Opens every plain file below a folder, by its path from there with slashes. Symbolic links are left out: what they lead
 * to may lie elsewhere; so is what is hidden. Throws a ConfigError where the folder cannot be read.
 */
export async function openBootFolder(folder: string): Promise<Map<string, DiskBootFile>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
    (cause: NodeJS.ErrnoException) => {
      throw new ConfigError('', `the folder of boot files ${folder} cannot be read: ${cause.message}`, {
        cause,
      });
    },
  );
  const files = new Map<string, DiskBootFile>();
  for (const entry of entries.filter((each) => each.isFile())) {
    const name = relative(folder, join(entry.parentPath, entry.name));
    if (!isHidden(name)) files.set(name, await DiskBootFile.open(join(folder, name)));
  }
  return files;
}

function isHidden(path: string): boolean {
  return path.split('/').some((part) => part.startsWith('.'));
}
