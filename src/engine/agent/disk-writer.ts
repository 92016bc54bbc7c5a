import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { diskFailure } from './disk-failure.ts';
import { diskSizeOf } from './disk-size-reader.ts';

/** The part of a file handle that the writer needs. */
export interface DiskFile {
  write(
    bytes: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesWritten: number }>;
  read(
    bytes: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The disk of a machine. Every failure is a RunFailure that says where on the disk it happened. */
export class DiskWriter {
  readonly sizeBytes: number;
  readonly #disk: DiskFile;
  #unflushedBytes = 0;

  constructor(disk: DiskFile, sizeBytes: number) {
    this.#disk = disk;
    this.sizeBytes = sizeBytes;
  }

  /**
   * Opens a disk that exists; it is never made, so that a wrong path cannot become a stray file. One with a mounted file
   * system is refused by Linux, which takes O_EXCL so for block devices: open(2).
   */
  static async open(path: string): Promise<DiskWriter> {
    const disk = await open(path, constants.O_RDWR | constants.O_EXCL).catch((cause) => {
      throw diskFailure(cause, { what: 'read', offset: 0 });
    });
    return new DiskWriter(disk, await diskSizeOf(disk));
  }

  /** Bytes that were written since the last flush began: a power cut may cost them. */
  get unflushedBytes(): number {
    return this.#unflushedBytes;
  }

  /** Writes all of `bytes` to their place; the system may take them in several goes. */
  async writeAt(offset: number, bytes: Uint8Array): Promise<void> {
    let done = 0;
    while (done < bytes.length) {
      const position = offset + done;
      try {
        const { bytesWritten } = await this.#disk.write(bytes, done, bytes.length - done, position);
        if (bytesWritten === 0) throw new Error('the disk takes no more bytes');
        done += bytesWritten;
        this.#unflushedBytes += bytesWritten;
      } catch (cause) {
        throw diskFailure(cause, { what: 'written', offset: position });
      }
    }
  }

  /** Fills `into`, which it resolves with. */
  async readAt(offset: number, into: Uint8Array): Promise<Uint8Array> {
    let done = 0;
    while (done < into.length) {
      const position = offset + done;
      try {
        const { bytesRead } = await this.#disk.read(into, done, into.length - done, position);
        if (bytesRead === 0) throw new Error('the disk ends here');
        done += bytesRead;
      } catch (cause) {
        throw diskFailure(cause, { what: 'read', offset: position });
      }
    }
    return into;
  }

  /** Resolves when everything written is on the medium. */
  async flush(): Promise<void> {
    this.#unflushedBytes = 0;
    await this.#disk.sync().catch((cause) => {
      throw diskFailure(cause, { what: 'flushed', offset: 0 });
    });
  }

  close(): Promise<void> {
    return this.#disk.close();
  }
}
