import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { alignedBuffer } from './aligned-buffer.ts';
import type { DiskFile } from './disk-file.ts';

/** A chunk of the usual size. */
const ROOM_BYTES = 4 * 2 ** 20;
/** As many as Node has threads for files. */
const ROOMS = 4;

/**
 * A disk that is written past the page cache: the bytes are copied into memory that the disk can fetch them from, and
 * neither fill the computer's memory nor have to be written later.
 */
export class DirectFile {
  readonly #file: Pick<DiskFile, 'write' | 'close'>;
  #rooms: Uint8Array[] | undefined;
  readonly #waiting: ((room: Uint8Array) => void)[] = [];

  constructor(file: Pick<DiskFile, 'write' | 'close'>) {
    this.#file = file;
  }

  /** @returns undefined where the file system has no direct writes, as tmpfs of old */
  static async open(path: string): Promise<DirectFile | undefined> {
    try {
      return new DirectFile(await open(path, constants.O_RDWR | constants.O_DIRECT));
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'EINVAL') return undefined;
      throw cause;
    }
  }

  /**
   * Writes whole sectors to a place that is a whole number of them.
   * Rejects with the system's error: EINVAL where the file system opens such files, and then writes none.
   * @returns bytes that were taken: 4 MiB at most
   */
  async write(bytes: Uint8Array, position: number): Promise<number> {
    const part = bytes.subarray(0, ROOM_BYTES);
    const room = await this.#take();
    try {
      room.set(part);
      return (await this.#file.write(room, 0, part.length, position)).bytesWritten;
    } finally {
      this.#give(room);
    }
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async #take(): Promise<Uint8Array> {
    this.#rooms ??= roomsOf(alignedBuffer(ROOMS * ROOM_BYTES));
    return this.#rooms.pop() ?? new Promise((resolve) => this.#waiting.push(resolve));
  }

  #give(room: Uint8Array): void {
    const next = this.#waiting.shift();
    if (next) next(room);
    else this.#rooms!.push(room);
  }
}

function roomsOf(memory: Uint8Array): Uint8Array[] {
  return Array.from({ length: ROOMS }, (_, room) =>
    memory.subarray(room * ROOM_BYTES, (room + 1) * ROOM_BYTES),
  );
}
