import { RunFailure } from '../../../failure.ts';
import type { HostReading } from './host-meter.ts';
import { endingSentence, LabChild } from './lab-child-process.ts';
import type { ServerCommand, ServerReady, ServerReport, ServerTask } from './lab-messages.ts';
import { fromPortable } from './portable-failure.ts';

/** The server process as the bench sees it. */
export class ServerChild {
  readonly #child: LabChild<ServerCommand, ServerReport>;
  readonly #ready = Promise.withResolvers<ServerReady>();
  readonly #counted = Promise.withResolvers<number>();
  readonly #lost = Promise.withResolvers<never>();

  /** @param launcher starts a command on the server's host */
  constructor(launcher: readonly string[] = []) {
    const entry = new URL('./lab-server-process.ts', import.meta.url);
    this.#child = new LabChild(entry, launcher, (report) => this.#hear(report));
    this.#child.ended.then((ending) => {
      this.#lost.reject(new RunFailure('LAB_SERVER', `the server of the lab ${endingSentence(ending)}`));
    });
    // It is raced against by whoever waits; when nobody does, losing the server hurts nobody.
    this.#lost.promise.catch(() => {});
  }

  /** Rejects with a ConfigError or a RunFailure when the server cannot go on. */
  get lost(): Promise<never> {
    return this.#lost.promise;
  }

  prepare(task: ServerTask): Promise<ServerReady> {
    this.#child.send({ kind: 'prepare', task });
    return this.#ready.promise;
  }

  /** @returns payload bytes that left the server */
  uploadedBytes(): Promise<number> {
    this.#child.send({ kind: 'count' });
    return this.#counted.promise;
  }

  reading(): HostReading {
    return this.#child.reading('server');
  }

  terminate(): Promise<void> {
    return this.#child.terminate();
  }

  #hear(report: ServerReport): void {
    switch (report.kind) {
      case 'ready':
        return this.#ready.resolve(report.ready);
      case 'counted':
        return this.#counted.resolve(report.uploadedBytes);
      case 'failed':
        return this.#lost.reject(fromPortable(report.failure));
    }
  }
}
