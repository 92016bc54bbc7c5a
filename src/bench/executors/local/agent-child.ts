import { RunFailure } from '../../../failure.ts';
import type { HostReading } from './host-meter.ts';
import { type Ending, endingSentence, LabChild } from './lab-child-process.ts';
import { type AgentCommand, type AgentProcessTask, type AgentReport, monotonicMs } from './lab-messages.ts';
import type { LabMachine } from './lab-plan.ts';
import { MachineLog } from './machine-log.ts';
import { fromPortable } from './portable-failure.ts';

/** Time that an agent has to say goodbye. */
const RELEASE_MS = 5_000;

/** One machine of a running lab: its process and what was heard of it. */
export class AgentChild {
  readonly log: MachineLog;
  readonly #child: LabChild<AgentCommand, AgentReport>;
  readonly #ready = Promise.withResolvers<void>();
  readonly #settled = Promise.withResolvers<void>();

  /**
   * @param launcher starts a command on the machine's host
   * @param heard is called after every report, and when the process has ended
   */
  constructor({ name }: LabMachine, launcher: readonly string[], heard: () => void) {
    this.log = new MachineLog(name);
    const entry = new URL('./lab-agent-process.ts', import.meta.url);
    this.#child = new LabChild(entry, launcher, (report) => {
      this.#hear(report);
      heard();
    });
    this.#child.ended.then((ending) => {
      this.#ended(ending);
      heard();
    });
    // Nobody waits for a machine to be ready once it was, or once the run was given up.
    this.#ready.promise.catch(() => {});
  }

  /** Resolves when the machine is done or has failed. */
  get settled(): Promise<void> {
    return this.#settled.promise;
  }

  /** Resolves when the process has warmed up. Rejects with a RunFailure where it cannot. */
  prepare(task: AgentProcessTask): Promise<void> {
    this.#child.send({ kind: 'prepare', task });
    return this.#ready.promise;
  }

  /** @returns when that was */
  powerOn(): number {
    const atMs = monotonicMs();
    if (this.log.isSettled) return atMs;
    this.log.poweredOn(atMs);
    this.#child.send({ kind: 'go' });
    return atMs;
  }

  reading(): HostReading {
    return this.#child.reading('agent');
  }

  /** The machine dies for good. */
  kill(): void {
    this.#child.kill();
  }

  /** Gives the machine up. */
  async fail(sentence: string): Promise<void> {
    this.log.failed(sentence);
    this.#settled.resolve();
    await this.#child.terminate();
  }

  /** Ends the service for others; resolves when the process is gone. */
  async release(): Promise<void> {
    if (!this.#child.isAlive) return;
    this.#child.send({ kind: 'release' });
    const impatience = setTimeout(() => this.#child.kill(), RELEASE_MS);
    await this.#child.ended;
    clearTimeout(impatience);
  }

  terminate(): Promise<void> {
    return this.#child.terminate();
  }

  #hear(report: AgentReport): void {
    this.log.reported(report);
    if (report.kind === 'ready') this.#ready.resolve();
    if (report.kind === 'failed') this.#ready.reject(fromPortable(report.failure));
    if (this.log.isSettled) this.#settled.resolve();
  }

  #ended(ending: Ending): void {
    const when = this.log.state === 'waiting' ? 'before it was powered on' : `during ${this.log.state}`;
    const sentence = `the agent ${endingSentence(ending, when)}`;
    this.log.failed(sentence);
    this.#ready.reject(new RunFailure('LAB_AGENT', `${this.log.machine}: ${sentence}`));
    this.#settled.resolve();
  }
}
