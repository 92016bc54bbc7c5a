import { RunFailure } from '../../../failure.ts';
import { type HostReading, NOTHING_READ } from './host-meter.ts';
import { endingSentence, LabChild } from './lab-child-process.ts';
import type { ServerCommand, ServerReady, ServerReport, ServerTask } from './lab-messages.ts';
import { fromPortable } from './portable-failure.ts';

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
  readonly #lost = Promise.withResolvers<never>();
  #life: Life;
  #ready: ServerReady | undefined;
  /** Of lives that are over. */
  #uploadedBytes = 0;
  #cpuS = 0;
  #isOver = false;

  /** @param launcher starts a command on the server's host */
  constructor(task: ServerTask, launcher: readonly string[] = []) {
    this.#task = task;
    this.#launcher = launcher;
    this.#life = this.#begin();
    // It is raced against by whoever waits; when nobody does, losing the server hurts nobody.
    this.#lost.promise.catch(() => {});
  }

  /** Rejects with a ConfigError or a RunFailure when the server cannot go on. */
  get lost(): Promise<never> {
    return this.#lost.promise;
  }

  async prepare(): Promise<ServerReady> {
    this.#life.child.send({ kind: 'start', task: this.#task, isAgain: false });
    this.#ready = await this.#life.ready.promise;
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
    await this.#life.ready.promise;
  }

  stopTracker(): void {
    this.#life.child.send({ kind: 'stopTracker' });
  }

  /** @returns payload bytes that left the server */
  async uploadedBytes(): Promise<number> {
    const { child, counted, isKilled } = this.#life;
    if (isKilled || !child.isAlive) return this.#uploadedBytes;
    child.send({ kind: 'count' });
    return this.#uploadedBytes + (await counted.promise);
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
