import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { diskFailure } from './disk-failure.ts';
import type { DiskFile } from './disk-writer.ts';

/** Whole sectors of every disk that is made, and a whole page of memory: what O_DIRECT asks for (open(2)). */
const ALIGNMENT = 4096;
/** A page of WebAssembly's memory. */
const WASM_PAGE_BYTES = 65_536;

/** Memory that begins at a page of the processor: Node's own buffers do not, and WebAssembly's always does. */
export function alignedBuffer(bytes: number): Uint8Array {
  const pages = Math.ceil((bytes + 2 * ALIGNMENT) / WASM_PAGE_BYTES);
  return new Uint8Array(new WebAssembly.Memory({ initial: pages, maximum: pages }).buffer);
}

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
   * @param room from `alignedBuffer`, for at least so many bytes
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
