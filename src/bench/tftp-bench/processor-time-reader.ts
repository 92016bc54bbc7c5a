import { descendantsOf, ownCpuSeconds } from '../executors/local/process-tree-reader.ts';

/** tftpd-hpa serves each client with a child and does not wait for it, so its time is read while it lives. */
const SAMPLE_MS = 10;

/** Counts the processor time of a process and of all children it ever has, as long as they live for more than a sample. */
export class ProcessorTime {
  readonly #pid: number;
  readonly #byPid = new Map<number, number>();
  readonly #timer: NodeJS.Timeout;

  constructor(pid: number) {
    this.#pid = pid;
    this.#sample();
    this.#timer = setInterval(() => this.#sample(), SAMPLE_MS);
  }

  /** Up to now [s], from an arbitrary start. */
  seconds(): number {
    this.#sample();
    return this.#byPid.values().reduce((sum, each) => sum + each, 0);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #sample(): void {
    for (const pid of [this.#pid, ...descendantsOf(this.#pid)]) {
      const seconds = ownCpuSeconds(pid);
      if (seconds !== null) this.#byPid.set(pid, seconds);
    }
  }
}
