import { RunFailure } from '../../../failure.ts';
import { type HostReading, NOTHING_READ } from './host-meter.ts';
import { endingSentence, LabChild } from './lab-child-process.ts';
import type { ServerCommand, ServerReady, ServerReport, ServerTask } from './lab-messages.ts';
import { SERVER } from './lab-place.ts';
import { fromPortable } from './portable-failure.ts';
import { LONGEST_STEP_MS, withinLimit } from './step-limit.ts';

/** One life of the server's process. */
interface Life {
  readonly child: LabChild<ServerCommand, ServerReport>;
  readonly ready: PromiseWithResolvers<ServerReady>;
  readonly counted: PromiseWithResolvers<number>;
  /** On purpose. */
  isKilled: boolean;
}

/** The server process as the bench sees it: it may be killed, and started again on what it had on its disk. */
export class ServerChild {
  readonly #launcher: readonly string[];
  readonly #task: ServerTask;
  readonly #stepMs: number;
  readonly #lost = Promise.withResolvers<never>();
  #life: Life;
  #ready: ServerReady | undefined;
  /** Of lives that are over. */
  #uploadedBytes = 0;
  #cpuS = 0;
  #isOver = false;

  /**
   * @param launcher starts a command on the server's host
   * @param stepMs how long its preparation and its count may take
   */
  constructor(task: ServerTask, launcher: readonly string[] = [], stepMs = LONGEST_STEP_MS) {
    this.#task = task;
    this.#launcher = launcher;
    this.#stepMs = stepMs;
    this.#life = this.#begin();
    // It is raced against by whoever waits; when nobody does, losing the server hurts nobody.
    this.#lost.promise.catch(() => {});
  }

  /** Rejects with a ConfigError or a RunFailure when the server cannot go on. */
  get lost(): Promise<never> {
    return this.#lost.promise;
  }

  /** Rejects with a RunFailure (`LAB_STEP`) where it takes too long. */
  async prepare(): Promise<ServerReady> {
    this.#life.child.send({ kind: 'start', task: this.#task, isAgain: false });
    this.#ready = await this.#isReady();
    return this.#ready;
  }

  /** Ends it in the middle of whatever it does (SIGKILL). */
  async kill(): Promise<void> {
    const life = this.#life;
    const uploadedBytes = await this.uploadedBytes();
    // From here on this life counts as one that is over, though its process takes a moment to go.
    this.#uploadedBytes = uploadedBytes;
    this.#cpuS = this.reading().cpuS ?? this.#cpuS;
    life.isKilled = true;
    life.child.kill();
    await life.child.ended;
  }

  /** After `kill`: a new process on the same ports and files, unless the run is over. */
  async restart(): Promise<void> {
    if (this.#isOver) return;
    const { ports } = this.#ready!;
    this.#life = this.#begin();
    this.#life.child.send({ kind: 'start', task: { ...this.#task, ports }, isAgain: true });
    await this.#isReady();
  }

  stopTracker(): void {
    this.#life.child.send({ kind: 'stopTracker' });
  }

  /**
   * Rejects with a RunFailure (`LAB_STEP`) where it takes too long.
   * @returns payload bytes that left the server
   */
  async uploadedBytes(): Promise<number> {
    const { child, counted, isKilled } = this.#life;
    if (isKilled || !child.isAlive) return this.#uploadedBytes;
    child.send({ kind: 'count' });
    const name = 'the count of what it has sent';
    const sentBytes = await withinLimit(counted.promise, { host: SERVER, name, limitMs: this.#stepMs });
    return this.#uploadedBytes + sentBytes;
  }

  /** Processor time is that of all lives. */
  reading(): HostReading {
    if (this.#life.isKilled) return NOTHING_READ;
    const { cpuS, peakMemoryBytes } = this.#life.child.reading('server');
    return { cpuS: cpuS === null ? null : this.#cpuS + cpuS, peakMemoryBytes };
  }

  terminate(): Promise<void> {
    this.#isOver = true;
    return this.#life.child.terminate();
  }

  #isReady(): Promise<ServerReady> {
    const step = { host: SERVER, name: 'its preparation', limitMs: this.#stepMs };
    return withinLimit(this.#life.ready.promise, step);
  }

  #begin(): Life {
    const entry = new URL('./lab-server-process.ts', import.meta.url);
    const ready = Promise.withResolvers<ServerReady>();
    const counted = Promise.withResolvers<number>();
    const child = new LabChild<ServerCommand, ServerReport>(entry, this.#launcher, (report) => {
      switch (report.kind) {
        case 'ready':
          return ready.resolve(report.ready);
        case 'counted':
          return counted.resolve(report.uploadedBytes);
        case 'failed':
          return this.#lost.reject(fromPortable(report.failure));
      }
    });
    const life = { child, ready, counted, isKilled: false };
    child.ended.then((ending) => {
      if (life.isKilled) return;
      const sentence = `the server of the lab ${endingSentence(ending)}`;
      this.#lost.reject(new RunFailure('LAB_SERVER', sentence));
    });
    return life;
  }
}
