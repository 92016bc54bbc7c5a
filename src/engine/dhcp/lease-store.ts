import { type FileHandle, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ConfigError } from '../../failure.ts';
import { makeFolder } from '../../folder-writer.ts';
import { type Ipv4, isIpv4 } from './ipv4.ts';
import type { Lease } from './lease.ts';

/** First line of the file. */
const HEADER = JSON.stringify({ format: 'swarmboot-leases/1' });
/** The file is written anew when it has this many more lines than there are leases; where that fails, after as many again. */
const MOST_STALE_LINES = 10_000;

interface Waiting {
  readonly leases: readonly Lease[];
  readonly done: PromiseWithResolvers<void>;
}

/**
 * Leases that outlive the process: a file of JSON lines, of which the last for an address counts. It is only appended
 * to, and written anew beside itself when most of it is history.
 */
export class LeaseStore {
  readonly #path: string;
  /** Those that were written last are at the end: of a machine's addresses the last is its own. */
  readonly #leases = new Map<Ipv4, Lease>();
  #file!: FileHandle;
  /** Up to here the file is whole [byte]. */
  #bytes = 0;
  #staleLines = 0;
  /** The file is to be written anew when it has more. */
  #mostStaleLines = MOST_STALE_LINES;
  /** Whether the folder is on the disk with the file's name: before that, a power cut brings the old file back. */
  #isNamed = false;
  #queue: Waiting[] = [];
  #writing: Promise<void> | undefined;

  private constructor(path: string, leases: readonly Lease[]) {
    this.#path = path;
    for (const lease of leases) this.#keep(lease);
  }

  /**
   * Makes the file where it is missing. What a crash has left of its last line is dropped: nobody was told of it.
   * Rejects with a ConfigError where the file is something else.
   */
  static async open(path: string): Promise<LeaseStore> {
    await makeFolder(dirname(path));
    const store = new LeaseStore(path, parse(path, await textOf(path)));
    try {
      await store.#rewrite();
    } catch (error) {
      await store.#file?.close();
      throw error;
    }
    return store;
  }

  /** The leases as they stood when the file was opened, and all that were written since, in the order of writing. */
  get leases(): Iterable<Lease> {
    return this.#leases.values();
  }

  /** Resolves when they are on the disk; what comes meanwhile is written together. */
  append(leases: readonly Lease[]): Promise<void> {
    if (leases.length === 0) return Promise.resolve();
    const done = Promise.withResolvers<void>();
    this.#queue.push({ leases, done });
    this.#writing ??= this.#writeQueue();
    return done.promise;
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#file.close();
  }

  async #writeQueue(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue;
      this.#queue = [];
      try {
        await this.#write(batch.flatMap(({ leases }) => leases));
        for (const { done } of batch) done.resolve();
      } catch (error) {
        for (const { done } of batch) done.reject(error);
      }
    }
    // At once: whoever was just told may append before anybody who waits for this promise is called.
    this.#writing = undefined;
  }

  async #write(leases: readonly Lease[]): Promise<void> {
    const text = Buffer.from(linesOf(leases));
    try {
      await this.#writeBehind(text);
      await this.#file.datasync();
      await this.#keepName();
    } catch (error) {
      await this.#file.truncate(this.#bytes);
      throw error;
    }
    this.#bytes += text.length;
    this.#staleLines += leases.length;
    for (const lease of leases) this.#keep(lease);
    if (this.#staleLines > this.#mostStaleLines + this.#leases.size) await this.#tryRewrite();
  }

  #keep(lease: Lease): void {
    this.#leases.delete(lease.address);
    this.#leases.set(lease.address, lease);
  }

  /** Behind what is whole, wherever a write that failed has left the handle. */
  async #writeBehind(text: Buffer): Promise<void> {
    let written = 0;
    while (written < text.length) {
      const { bytesWritten } = await this.#file.write(text, written, null, this.#bytes + written);
      written += bytesWritten;
    }
  }

  /** The leases are on the disk already: whoever waits for them is not told of it, and it is tried again later. */
  async #tryRewrite(): Promise<void> {
    try {
      await this.#rewrite();
    } catch {
      this.#mostStaleLines = this.#staleLines + MOST_STALE_LINES;
    }
  }

  /** The new file stands whole in the place of the old one, or the old one stays. */
  async #rewrite(): Promise<void> {
    const text = Buffer.from(`${HEADER}\n${linesOf([...this.#leases.values()])}`);
    const before = this.#file;
    this.#file = await writtenInPlaceOf(this.#path, text);
    this.#bytes = text.length;
    this.#staleLines = 0;
    this.#mostStaleLines = MOST_STALE_LINES;
    this.#isNamed = false;
    await before?.close();
    await this.#keepName();
  }

  async #keepName(): Promise<void> {
    if (this.#isNamed) return;
    await syncFolder(dirname(this.#path));
    this.#isNamed = true;
  }
}

/** @returns the new file, open, whole on the disk and under its name; where it rejects nothing of it is left */
async function writtenInPlaceOf(path: string, text: Buffer): Promise<FileHandle> {
  const beside = `${path}.new`;
  const file = await open(beside, 'w');
  try {
    await file.writeFile(text);
    await file.datasync();
    await rename(beside, path);
    return file;
  } catch (error) {
    await file.close();
    await rm(beside, { force: true });
    throw error;
  }
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return `${HEADER}\n`;
    throw error;
  }
}

/** A new name is on the disk when its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function linesOf(leases: readonly Lease[]): string {
  return leases.map((lease) => `${JSON.stringify(lease)}\n`).join('');
}

function parse(file: string, text: string): Lease[] {
  const [header, ...lines] = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1);
  if (header !== HEADER) {
    throw new ConfigError('', `${file} is not a file of leases; name another, or move it away`);
  }
  return lines.map((line, index) => parseLine(file, line, index + 2));
}

function parseLine(file: string, line: string, number: number): Lease {
  const place = { file, line: number, column: 1 };
  try {
    const lease = JSON.parse(line) as Partial<Lease> | null;
    if (
      lease !== null &&
      isIpv4(`${lease.address}`) &&
      lease.mac !== undefined &&
      Number.isFinite(lease.untilMs)
    ) {
      return lease as Lease;
    }
  } catch (cause) {
    throw new ConfigError('', 'not a whole line of JSON; delete the line to go on without it', {
      place,
      cause,
    });
  }
  throw new ConfigError('', 'not a lease; delete the line to go on without it', { place });
}
