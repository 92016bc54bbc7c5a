/** A file that machines boot from. One that changes while it is served cannot be read any more. */
export interface BootFile {
  readonly sizeBytes: number;
  /** One reader for each client; it holds on to no more of the file than it needs next. */
  open(): BootFileCursor;
}

/** What may be read, by name; entries added later are served too, and nothing else is. */
export type BootFiles = ReadonlyMap<string, BootFile>;

/** Reads a boot file from one place after the other. */
export interface BootFileCursor {
  /** Fills `into` from `offset` of the file on. @returns false where these bytes have to be brought first */
  read(offset: number, into: Uint8Array): boolean;
  /** Brings bytes into memory and lets go of those before. Rejects with a RunFailure where they cannot be read. */
  bring(offset: number, bytes: number): Promise<void>;
  /** Nothing is read any more. */
  close(): void;
}

/** A boot file that is in memory, once for all clients. */
export class MemoryBootFile implements BootFile {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get sizeBytes(): number {
    return this.#bytes.length;
  }

  open(): BootFileCursor {
    return {
      read: (offset, into) => {
        into.set(this.#bytes.subarray(offset, offset + into.length));
        return true;
      },
      bring: () => Promise.resolve(),
      close() {},
    };
  }
}

/**
 * The entry that a client means. Leading slashes are of no account: firmware and loaders differ in them, and names are
 * looked up in the catalogue only, never in a file system.
 */
export function bootFileNamed(files: BootFiles, name: string): BootFile | undefined {
  return files.get(name) ?? files.get(name.replace(/^\/+/, ''));
}
