import { readFileSync } from 'node:fs';
import { RunFailure } from '../../../failure.ts';
import { descendantsOf } from '../local/process-tree-reader.ts';
import { type Command, pipeFailure, pipeScript } from './pipe-script.ts';
import { ProgramChild } from './program-child.ts';

/**
 * No start-up file of whoever runs it: bash takes a socket for its input, such as Node gives it, for a remote login, and
 * then reads `.bashrc`; without `-p` it reads what BASH_ENV names.
 */
const OWN_MIND = ['--norc', '-p', '-c'];

/** Programs that are not ours, each reading what the one before it writes. */
export class ProgramPipe {
  readonly #child: ProgramChild;
  readonly #finished: Promise<void>;

  constructor(commands: readonly Command[]) {
    this.#child = new ProgramChild('bash', [...OWN_MIND, pipeScript(commands)]);
    let codes: readonly number[] = [];
    this.#child.lines.once('line', (line) => {
      codes = line.split(' ').map(Number);
    });
    // What parts have said comes another way than their exit codes, and is all there at the end of the shell.
    this.#finished = this.#child.finished.then(() => {
      const failure = pipeFailure(commands, codes, this.#child.said);
      if (failure !== null) throw new RunFailure('PROGRAM', failure);
    });
    this.#finished.catch(() => {});
  }

  /** Resolves when every part has ended with exit code 0. Rejects with a RunFailure (`PROGRAM`) that names the part. */
  get finished(): Promise<void> {
    return this.#finished;
  }

  /** Bytes that a part has read so far; null where it is not there yet, or not any more. */
  readBy(program: string): number | null {
    for (const pid of descendantsOf(this.#child.pid)) {
      const bytes = bytesReadBy(pid, program);
      if (bytes !== null) return bytes;
    }
    return null;
  }

  stop(): void {
    this.#child.stop();
  }
}

/** A process may go while it is looked at. */
function bytesReadBy(pid: number, program: string): number | null {
  try {
    if (readFileSync(`/proc/${pid}/comm`, 'utf8').trim() !== program) return null;
    return Number(/^rchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1] ?? 0);
  } catch {
    return null;
  }
}
