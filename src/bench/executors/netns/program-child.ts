import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { RunFailure } from '../../../failure.ts';
import { killDescendants } from '../local/process-tree.ts';
import { lastWords } from './last-words.ts';

const KEPT_STDERR_CHARACTERS = 2_048;

/** A program that is not ours, for as long as this process lives. */
export class ProgramChild {
  readonly lines: Interface;
  readonly #child: ChildProcess;
  readonly #name: string;
  readonly #lost = Promise.withResolvers<never>();
  readonly #died = Promise.withResolvers<never>();
  readonly #finished = Promise.withResolvers<void>();
  readonly #spoke = Promise.withResolvers<void>();
  /** A shell takes the programs that it has started with it. */
  readonly #kill = () => {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    killDescendants(pid);
    this.#child.kill('SIGKILL');
  };
  #isStopped = false;
  #stderr = '';

  constructor(program: string, options: readonly string[]) {
    this.#name = program;
    this.#child = spawn(program, options, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.lines = createInterface({ input: this.#child.stdout! });
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-KEPT_STDERR_CHARACTERS);
      this.#spoke.resolve();
    });
    this.#child.once('error', (cause) => this.#end(String(cause)));
    // Its last words have been heard when its pipes are closed.
    this.#child.once('close', (exitCode, signal) => {
      process.off('exit', this.#kill);
      if (exitCode === 0) this.#finished.resolve();
      this.#end(`it ended with ${signal ?? `exit code ${exitCode}`}`);
    });
    // A line for a program that has ended is lost; its end has been told.
    this.#child.stdin!.on('error', () => {});
    process.once('exit', this.#kill);
    this.#lost.promise.catch(() => {});
    this.#died.promise.catch(() => {});
  }

  /** Resolves when the program has ended by itself with exit code 0. Rejects with a RunFailure (`PROGRAM`) otherwise. */
  get finished(): Promise<void> {
    return Promise.race([this.#finished.promise, this.#lost.promise]);
  }

  /** Rejects with a RunFailure (`PROGRAM`) when the program has ended, however, without having been stopped. */
  get died(): Promise<never> {
    return this.#died.promise;
  }

  /** Resolves when the program has said something on its standard error. */
  get spoken(): Promise<void> {
    return this.#spoke.promise;
  }

  /** Resolves when a line that it writes there holds these words. */
  hasSaid(words: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const lines = createInterface({ input: this.#child.stderr! });
    lines.on('line', (line) => {
      if (line.includes(words)) resolve();
    });
    return promise;
  }

  /** The end of what it has said there. */
  get said(): string {
    return this.#stderr;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Resolves as the work does. Rejects with a RunFailure (`PROGRAM`) when the program ends before. */
  unlessLost<Result>(work: Promise<Result>): Promise<Result> {
    return Promise.race([work, this.#lost.promise]);
  }

  write(line: string): void {
    this.#child.stdin!.write(`${line}\n`);
  }

  stop(): void {
    this.#isStopped = true;
    process.off('exit', this.#kill);
    this.#kill();
  }

  #end(how: string): void {
    const words = lastWords(this.#name, this.#stderr);
    const failure = new RunFailure('PROGRAM', `${this.#name}: ${how}${words === '' ? '' : `: ${words}`}`);
    this.#lost.reject(failure);
    if (!this.#isStopped) this.#died.reject(failure);
  }
}
