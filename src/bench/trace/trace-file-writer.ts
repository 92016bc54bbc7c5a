import { closeSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { ConfigError } from '../../failure.ts';

/** Lines are written together once they have so many characters. */
const BUFFERED = 1 << 16;

/** A file of lines that is there whole or not at all: it gets its name when it is closed. */
export class TraceFile {
  readonly #path: string;
  readonly #temporary: string;
  readonly #file: number;
  #lines: string[] = [];
  #buffered = 0;
  #isOpen = true;

  /** @throws ConfigError where there is no such folder, or a folder of that name */
  constructor(path: string) {
    if (!isFolder(dirname(path)))
      throw new ConfigError('--out', `there is no folder ${dirname(path)}; make it, or name another`);
    if (isFolder(path)) throw new ConfigError('--out', `${path} is a folder; name a file`);
    this.#path = path;
    this.#temporary = `${path}.${process.pid}.part`;
    this.#file = openSync(this.#temporary, 'w');
  }

  add(line: string): void {
    this.#lines.push(line);
    this.#buffered += line.length;
    if (this.#buffered > BUFFERED) this.#flush();
  }

  close(): void {
    this.#flush();
    this.#closeFile();
    renameSync(this.#temporary, this.#path);
  }

  /** Leaves nothing behind. */
  discard(): void {
    this.#closeFile();
    rmSync(this.#temporary, { force: true });
  }

  #closeFile(): void {
    if (this.#isOpen) closeSync(this.#file);
    this.#isOpen = false;
  }

  #flush(): void {
    if (this.#lines.length > 0) writeSync(this.#file, `${this.#lines.join('\n')}\n`);
    this.#lines = [];
    this.#buffered = 0;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
