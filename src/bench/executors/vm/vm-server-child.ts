import { RunFailure } from '../../../failure.ts';
import type { HostReading } from '../local/host-meter.ts';
import { endingSentence, LabChild } from '../local/lab-child-process.ts';
import { SERVER } from '../local/lab-place.ts';
import { fromPortable } from '../local/portable-failure.ts';
import { withinLimit } from '../local/step-limit.ts';
import type { VmServerReport, VmServerTask } from './vm-server-messages.ts';

/** The deployment server of virtual machines as the bench sees it. */
export class VmServerChild {
  readonly #child: LabChild<VmServerTask, VmServerReport>;
  readonly #ready = Promise.withResolvers<void>();
  readonly #lost = Promise.withResolvers<never>();
  #saidCount = 0;

  /** @param launcher starts a command on the server's host */
  constructor(launcher: readonly string[]) {
    const entry = new URL('./vm-server-process.ts', import.meta.url);
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

  /** How many lines it has logged: a sign of life of the whole lab. */
  get saidCount(): number {
    return this.#saidCount;
  }

  /** Resolves when the machines are armed and may be powered on. Rejects with a RunFailure (`LAB_STEP`) where it takes too long. */
  serve(task: VmServerTask): Promise<void> {
    this.#child.send(task);
    return withinLimit(this.#ready.promise, { host: SERVER, name: 'its preparation' });
  }

  reading(): HostReading {
    return this.#child.reading('server');
  }

  terminate(): Promise<void> {
    return this.#child.terminate();
  }

  #hear(report: VmServerReport): void {
    switch (report.kind) {
      case 'ready':
        return this.#ready.resolve();
      case 'said':
        this.#saidCount++;
        return;
      case 'failed':
        return this.#lost.reject(fromPortable(report.failure));
    }
  }
}
