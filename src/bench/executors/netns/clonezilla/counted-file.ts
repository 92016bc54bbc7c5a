import type { BootFile, BootFileCursor } from '../../../../engine/index.ts';

/** A file of the server that counts what is read of it for its clients. */
export class CountedFile implements BootFile {
  readonly #file: BootFile;
  #servedBytes = 0;

  constructor(file: BootFile) {
    this.#file = file;
  }

  get sizeBytes(): number {
    return this.#file.sizeBytes;
  }

  get servedBytes(): number {
    return this.#servedBytes;
  }

  open(): BootFileCursor {
    const cursor = this.#file.open();
    return {
      read: (offset, into) => {
        const isThere = cursor.read(offset, into);
        if (isThere) this.#servedBytes += into.length;
        return isThere;
      },
      bring: (offset, bytes) => cursor.bring(offset, bytes),
      close: () => cursor.close(),
    };
  }
}
