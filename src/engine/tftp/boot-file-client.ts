import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { RunFailure } from '../../failure.ts';
import type { TftpReport, TftpTask } from './tftp-worker.ts';

export interface BootFileSource {
  readonly host: string;
  /** Of the TFTP server. */
  readonly port: number;
}

/**
 * The package never gets over a block that is lost in a window: it leaves the end of the window where it was, and then
 * takes nothing behind it. So the first silence that the server does not end by itself ends that attempt, and the file
 * begins anew, block by block. Waiting longer cost each machine that lost a block 3.5 s (netns lab, 3 % loss).
 */
const ATTEMPTS = [
  { windowBlocks: 4, repeats: 1 },
  { windowBlocks: 1, repeats: 6 },
  { windowBlocks: 1, repeats: 6 },
];

/**
 * Fetches a boot file by TFTP.
 * Throws a RunFailure (`TFTP`) where the server refuses it or does not answer.
 */
export async function fetchBootFile(source: BootFileSource, name: string): Promise<Uint8Array> {
  const reason = await fetchByTftp(source, name);
  if (typeof reason !== 'string') return reason;
  throw new RunFailure('TFTP', `the boot file ${name} cannot be fetched by TFTP: ${reason}`);
}

/** Starts the thread of the next fetch ahead, which takes processor time that would be missing later. */
export async function warmUpBootFileClient(): Promise<void> {
  if (!spare?.isAlive) spare = TftpThread.start();
  await spare.ready;
}

/** Starting a thread takes a tenth of a second of processor time, and files come one after the other. */
const SPARE_FOR_MS = 1_000;

let spare: TftpThread | undefined;

/** The file, or why it cannot be had. */
async function fetchByTftp({ host, port }: BootFileSource, name: string): Promise<Uint8Array | string> {
  let reason = '';
  for (const attempt of ATTEMPTS) {
    const thread = spare?.isAlive ? spare : TftpThread.start();
    spare = undefined;
    const report = await thread.fetch({ host, port, name, ...attempt });
    if (report.kind === 'fetched') {
      await keep(thread);
      return report.bytes;
    }
    await thread.end();
    reason = report.reason;
    if (report.isRefused) break;
  }
  return reason;
}

async function keep(thread: TftpThread): Promise<void> {
  if (spare?.isAlive) return thread.end();
  spare = thread;
  thread.endWhenIdle();
}

type FetchReport = Exclude<TftpReport, { kind: 'ready' }>;

/** A thread of its own for the tftp package: it throws where nobody can catch it, which then costs an attempt. */
class TftpThread {
  readonly #worker: Worker;
  #isAlive = true;
  #idle: NodeJS.Timeout | undefined;
  /** Rejects where the thread dies before. */
  readonly ready: Promise<unknown>;

  private constructor(worker: Worker) {
    this.#worker = worker;
    this.ready = once(worker, 'message');
    this.ready.catch(() => {});
    worker.on('error', () => {
      this.#isAlive = false;
    });
    worker.unref();
  }

  static start(): TftpThread {
    return new TftpThread(new Worker(new URL('./tftp-worker.ts', import.meta.url)));
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** One after the other, until one has failed. */
  async fetch(task: TftpTask): Promise<FetchReport> {
    clearTimeout(this.#idle);
    this.#worker.ref();
    try {
      await this.ready;
      const answered = once(this.#worker, 'message');
      this.#worker.postMessage(task);
      const [report] = (await answered) as [FetchReport];
      return report;
    } catch (error) {
      return { kind: 'failed', reason: (error as Error).message, isRefused: false };
    } finally {
      this.#worker.unref();
    }
  }

  endWhenIdle(): void {
    this.#idle = setTimeout(() => this.end(), SPARE_FOR_MS).unref();
  }

  async end(): Promise<void> {
    this.#isAlive = false;
    await this.#worker.terminate();
  }
}
