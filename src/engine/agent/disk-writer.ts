import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { type Device, deviceOf } from '../image/disk/device-reader.ts';
import { ALIGNMENT } from './aligned-buffer.ts';
import { DirectFile } from './direct-file.ts';
import { diskFailure } from './disk-failure.ts';
import type { DiskFile } from './disk-file.ts';

/** What is shorter goes through the page cache: it is read again soon, or comes with neighbours. */
const LEAST_DIRECT_BYTES = 65_536;

/**
 * The disk of a machine. Every failure is a RunFailure that says where on the disk it happened.
 * Long writes go past the page cache, which would cost a copy and memory, and would hide errors until the next flush. A
 * disk with heads keeps it: there it sorts what is written, and serves peers.
 */
export class DiskWriter {
  readonly sizeBytes: number;
  /** Logical sectors of a block device; undefined for a file. */
  readonly sectorBytes: number | undefined;
  /** Whether it has heads that move. */
  readonly isRotational: boolean;
  readonly #disk: DiskFile;
  readonly #direct: DirectFile | undefined;
  /** Some file systems open a file for direct writes, and then take none. */
  #isDirectRefused = false;
  #unflushedBytes = 0;

  /** @param direct the same disk; without it all goes through the page cache */
  constructor(
    disk: DiskFile,
    { sizeBytes, sectorBytes, isRotational = false }: Pick<Device, 'sizeBytes'> & Partial<Device>,
    direct?: DirectFile,
  ) {
    this.#disk = disk;
    this.sizeBytes = sizeBytes;
    this.sectorBytes = sectorBytes;
    this.isRotational = isRotational;
    this.#direct = direct;
  }

  /**
   * Opens a disk that exists; it is never made, so that a wrong path cannot become a stray file. One with a mounted file
   * system is refused by Linux, which takes O_EXCL so for block devices: open(2).
   */
  static async open(path: string): Promise<DiskWriter> {
    try {
      const disk = await open(path, constants.O_RDWR | constants.O_EXCL);
      const device = await deviceOf(disk);
      return new DiskWriter(disk, device, device.isRotational ? undefined : await DirectFile.open(path));
    } catch (cause) {
      throw diskFailure(cause, { what: 'read', offset: 0 });
    }
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
        const bytesWritten = await this.#write(bytes.subarray(done), position);
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

  async close(): Promise<void> {
    await this.#direct?.close();
    await this.#disk.close();
  }

  /** @returns bytes that were taken */
  async #write(bytes: Uint8Array, position: number): Promise<number> {
    const headBytes = (ALIGNMENT - (position % ALIGNMENT)) % ALIGNMENT;
    const wholeBytes = Math.floor((bytes.length - headBytes) / ALIGNMENT) * ALIGNMENT;
    if (!this.#direct || this.#isDirectRefused || wholeBytes < LEAST_DIRECT_BYTES)
      return this.#writeCached(bytes, position);
    if (headBytes > 0) return this.#writeCached(bytes.subarray(0, headBytes), position);
    try {
      return await this.#direct.write(bytes.subarray(0, wholeBytes), position);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EINVAL') throw cause;
      this.#isDirectRefused = true;
      return this.#writeCached(bytes, position);
    }
  }

  async #writeCached(bytes: Uint8Array, position: number): Promise<number> {
    return (await this.#disk.write(bytes, 0, bytes.length, position)).bytesWritten;
  }
}
