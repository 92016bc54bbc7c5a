import { closeSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { ConfigError } from '../../failure.ts';

/** Lines are put together once they have so many characters. */
const CHUNK = 1 << 16;

/**
 * A file of lines that is there whole or not at all. Lines wait in memory until the simulation is over: whoever stops it
 * with Ctrl-C finds nothing left behind.
 */
export class TraceFile {
  readonly #path: string;
  readonly #chunks: string[] = [];
  #lines: string[] = [];
  #waiting = 0;

  /** @throws ConfigError where there is no such folder, or a folder of that name */
  constructor(path: string) {
    if (!isFolder(dirname(path)))
      throw new ConfigError('--out', `there is no folder ${dirname(path)}; make it, or name another`);
    if (isFolder(path)) throw new ConfigError('--out', `${path} is a folder; name a file`);
    this.#path = path;
  }

  add(line: string): void {
    this.#lines.push(line);
    this.#waiting += line.length;
    if (this.#waiting > CHUNK) this.#pack();
  }

  write(): void {
    this.#pack();
    const temporary = `${this.#path}.${process.pid}.part`;
    try {
      const file = openSync(temporary, 'w');
      try {
        for (const chunk of this.#chunks) writeSync(file, chunk);
      } finally {
        closeSync(file);
      }
      renameSync(temporary, this.#path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  }

  #pack(): void {
    if (this.#lines.length > 0) this.#chunks.push(`${this.#lines.join('\n')}\n`);
    this.#lines = [];
    this.#waiting = 0;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
