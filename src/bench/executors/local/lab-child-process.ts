import { type ChildProcess, fork } from 'node:child_process';
import { type HostReading, NOTHING_READ } from './host-meter.ts';
import { killDescendants } from './process-tree.ts';
import { cpuSecondsOf, peakMemoryOf } from './process-tree-reader.ts';

/** How a child ended. */
export interface Ending {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last line that it wrote to its standard error, or an empty string. */
  readonly lastWords: string;
}

/** Time that a child has to end itself before it is killed. */
const GRACE_MS = 2_000;
const KEPT_STDERR_CHARACTERS = 4_096;

/** A process of the lab. It ends by itself when this process is gone. */
export class LabChild<Command, Report> {
  readonly #child: ChildProcess;
  /** Resolves when the process is gone and everything that it reported has been heard. */
  readonly ended: Promise<Ending>;
  #hasEnded = false;

  /**
   * Configuration goes by message, never by argument or environment.
   * @param launcher program and arguments that start Node; they have to become it, as nsenter does
   * @param environment what Node has to have before it runs, beside what this process has
   */
  constructor(
    entry: URL,
    launcher: readonly string[],
    hear: (report: Report) => void,
    environment: Readonly<Record<string, string>> = {},
  ) {
    const [execPath, ...execArgv] = [...launcher, process.execPath];
    this.#child = fork(entry, [], {
      execPath: execPath!,
      execArgv,
      env: { ...process.env, ...environment },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child.on('message', (message) => hear(message as Report));
    this.ended = this.#whenEnded();
  }

  get isAlive(): boolean {
    return !this.#hasEnded;
  }

  send(command: Command): void {
    if (this.#child.connected) this.#child.send(command as object, () => {});
  }

  /**
   * What it has used so far, with the programs that it has started.
   * @param name of the process itself
   */
  reading(name: string): HostReading {
    const { pid } = this.#child;
    if (pid === undefined || !this.isAlive) return NOTHING_READ;
    return { cpuS: cpuSecondsOf(pid), peakMemoryBytes: peakMemoryOf(pid, name) };
  }

  /** Ends the process at once, with the programs that it has started. */
  kill(): void {
    this.#killDescendants();
    this.#child.kill('SIGKILL');
  }

  /** Asks the process to end, kills it if it does not, and resolves when it is gone. */
  async terminate(): Promise<void> {
    if (!this.isAlive) return;
    this.#killDescendants();
    this.#child.kill('SIGTERM');
    this.#child.kill('SIGCONT');
    const impatience = setTimeout(() => this.kill(), GRACE_MS);
    await this.ended;
    clearTimeout(impatience);
  }

  #killDescendants(): void {
    if (this.#child.pid !== undefined && this.isAlive) killDescendants(this.#child.pid);
  }

  async #whenEnded(): Promise<Ending> {
    let stderr = '';
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-KEPT_STDERR_CHARACTERS);
    });
    const exited = Promise.withResolvers<[number | null, NodeJS.Signals | null]>();
    const drained = Promise.withResolvers<void>();
    this.#child.once('exit', (exitCode, signal) => exited.resolve([exitCode, signal]));
    this.#child.once('disconnect', drained.resolve);
    // It could not be started, or a message came too late for it: there is nothing more to hear.
    this.#child.on('error', (error) => {
      if (this.#child.pid !== undefined) return;
      stderr = String(error);
      exited.resolve([null, null]);
      drained.resolve();
    });
    const [exitCode, signal] = await exited.promise;
    this.#hasEnded = true;
    await drained.promise;
    return { exitCode, signal, lastWords: lastErrorLine(stderr) };
  }
}

/** @returns for example `ended with exit code 1 during download: Error: boom` */
export function endingSentence({ exitCode, signal, lastWords }: Ending, when = ''): string {
  const how = signal === null ? `ended with exit code ${exitCode}` : `was ended by ${signal}`;
  const why = lastWords === '' ? '' : `: ${lastWords}`;
  return `${[how, when].filter((part) => part !== '').join(' ')}${why}`;
}

/** Of a stack trace only the line with the error, without the trace. */
function lastErrorLine(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  return lines.findLast((line) => /^\w*Error\b/.test(line)) ?? lines.findLast((line) => line !== '') ?? '';
}
