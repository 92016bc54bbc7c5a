import { closeSync, openSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ConfigError } from '../../failure.ts';

/** Lines are put together once they have so many characters. */
const CHUNK = 1 << 16;

/**
 * A file of lines that is there whole or not at all. Lines wait in memory until the simulation is over: whoever stops it
 * with Ctrl-C finds nothing left behind. A link is followed, and what is no file, such as a pipe or /dev/null, is written
 * to and never replaced.
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
    const there = statSync(this.#path, { throwIfNoEntry: false });
    if (there && !there.isFile()) return this.#writeTo(this.#path);
    const target = there ? realpathSync(this.#path) : this.#path;
    const temporary = `${target}.${process.pid}.part`;
    try {
      this.#writeTo(temporary);
      renameSync(temporary, target);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  }

  #writeTo(path: string): void {
    const file = openSync(path, 'w');
    try {
      for (const chunk of this.#chunks) writeFileSync(file, chunk);
    } finally {
      closeSync(file);
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
