import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { ALIGNMENT } from './aligned-buffer.ts';
import { diskFailure } from './disk-failure.ts';
import type { DiskFile } from './disk-file.ts';

/** Reads what is on the medium, past the page cache, where the disk lets it. */
export class MediumReader {
  readonly isDirect: boolean;
  readonly #disk: Pick<DiskFile, 'read' | 'close'>;

  constructor(disk: Pick<DiskFile, 'read' | 'close'>, isDirect: boolean) {
    this.#disk = disk;
    this.isDirect = isDirect;
  }

  /** Some file systems have no direct reads: there it reads what the page cache says. */
  static async open(path: string): Promise<MediumReader> {
    try {
      return new MediumReader(await open(path, constants.O_RDONLY | constants.O_DIRECT), true);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EINVAL')
        throw diskFailure(cause, { what: 'read', offset: 0 });
      return new MediumReader(await open(path, 'r'), false);
    }
  }

  /**
   * Reads a run of bytes and as much before and behind it as makes whole sectors.
   * Throws a RunFailure with the place on the disk.
   * @param room from `alignedBuffer`, for at least so many bytes and two sectors
   * @returns the run, a view of `room`
   */
  async readAt(offset: number, bytes: number, room: Uint8Array): Promise<Uint8Array> {
    const begin = Math.floor(offset / ALIGNMENT) * ALIGNMENT;
    const skipped = offset - begin;
    const wanted = Math.ceil((skipped + bytes) / ALIGNMENT) * ALIGNMENT;
    let done = 0;
    while (done < skipped + bytes) {
      try {
        const { bytesRead } = await this.#disk.read(room, done, wanted - done, begin + done);
        if (bytesRead === 0) throw new Error('the disk ends here');
        done += bytesRead;
      } catch (cause) {
        throw diskFailure(cause, { what: 'read', offset: begin + done });
      }
    }
    return room.subarray(skipped, skipped + bytes);
  }

  close(): Promise<void> {
    return this.#disk.close();
  }
}
