import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

/** Lines are written together once they have so many characters. */
const BUFFERED = 1 << 16;

/** A file of lines that is there whole or not at all: it gets its name when it is closed. */
export class TraceFile {
  readonly #path: string;
  readonly #temporary: string;
  readonly #file: number;
  #lines: string[] = [];
  #buffered = 0;

  constructor(path: string) {
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
    closeSync(this.#file);
    renameSync(this.#temporary, this.#path);
  }

  /** Leaves nothing behind. */
  discard(): void {
    closeSync(this.#file);
    rmSync(this.#temporary, { force: true });
  }

  #flush(): void {
    if (this.#lines.length > 0) writeSync(this.#file, `${this.#lines.join('\n')}\n`);
    this.#lines = [];
    this.#buffered = 0;
  }
}
