import { truncate, writeFile } from 'node:fs/promises';
import type { MachineResult } from '../../record/run-record.ts';
import { firstDifferences } from '../local/image-comparison-reader.ts';
import { monotonicMs } from '../local/lab-messages.ts';
import { MachineLog } from '../local/machine-log.ts';
import { DEPLOYED } from './bootable-disk.ts';
import { reportsOfLine } from './console-line.ts';
import { TAP } from './machine-sockets.ts';
import { VirtualMachine } from './virtual-machine.ts';
import type { PlannedMachine } from './vm-plan.ts';

export interface VmMachineParts {
  readonly planned: PlannedMachine;
  readonly diskFile: string;
  /** Starts a command on the machine's host. */
  readonly launcher: readonly string[];
  /** True where the golden disk says so when it has started. */
  readonly doesDiskSpeak: boolean;
  /** Called after everything that was heard of it. */
  readonly heard: () => void;
}

/** One machine of a running lab: from power-on until it has started from its own disk. */
export class VmMachine {
  readonly log: MachineLog;
  readonly #parts: VmMachineParts;
  readonly #machine: VirtualMachine;
  readonly #settled = Promise.withResolvers<void>();
  #poweredOnMs = 0;
  #agentStartedMs: number | null = null;
  #hasRestarted = false;

  constructor(parts: VmMachineParts) {
    this.#parts = parts;
    this.log = new MachineLog(parts.planned.name);
    const { firmware, mac } = parts.planned;
    const { diskFile, launcher } = parts;
    this.#machine = new VirtualMachine({
      ...{ firmware, mac, diskFile, launcher, tap: TAP },
      heard: (line, atMs) => this.#hear(line, atMs),
    });
  }

  /** Resolves when the machine has started from its disk, or will not. */
  get settled(): Promise<void> {
    return this.#settled.promise;
  }

  get isSettled(): boolean {
    return this.#hasRestarted || (this.log.isSettled && !this.log.isDone);
  }

  /** What it has said so far [character]: a sign of life. */
  get saidCount(): number {
    return this.#machine.output.length;
  }

  /** With a blank disk. @returns when that was */
  async powerOn(diskBytes: number): Promise<number> {
    await writeFile(this.#parts.diskFile, '');
    await truncate(this.#parts.diskFile, diskBytes);
    this.#poweredOnMs = monotonicMs();
    this.log.poweredOn(this.#poweredOnMs);
    await this.#machine.powerOn();
    this.#machine.wentOff().then(() => this.#wentOff());
    return this.#poweredOnMs;
  }

  /** Gives it up. */
  async fail(sentence: string): Promise<void> {
    this.log.undone(sentence);
    this.#settled.resolve();
    await this.powerOff();
  }

  powerOff(): Promise<void> {
    return this.#machine.powerOff();
  }

  /** Holds its disk against the golden one, by other code than the agent's. */
  async compare(goldenFile: string): Promise<void> {
    if (!this.log.isDone) return;
    const [offset = null] = await firstDifferences([this.#parts.diskFile], goldenFile);
    if (offset !== null) this.log.disproved(offset);
  }

  /** With the time from power-on to the agent as a phase of its own. */
  result(originMs: number): MachineResult {
    const result = this.log.result(originMs, (peer) => peer);
    if (this.#agentStartedMs === null) return result;
    const toSeconds = (atMs: number) => (atMs - originMs) / 1000;
    const boot = [toSeconds(this.#poweredOnMs), toSeconds(this.#agentStartedMs)] as const;
    return { ...result, phases: { boot, ...result.phases } };
  }

  #hear(line: string, atMs: number): void {
    if (line.includes(DEPLOYED)) this.#restarted();
    for (const report of reportsOfLine(line, atMs)) {
      if (report.kind === 'phaseStarted') this.#agentStartedMs ??= atMs;
      this.log.reported(report);
      if (report.kind === 'done' && !this.#parts.doesDiskSpeak) this.#restarted();
      if (this.isSettled) this.#settled.resolve();
      this.#parts.heard();
    }
  }

  #restarted(): void {
    this.#hasRestarted = true;
    this.#settled.resolve();
  }

  #wentOff(): void {
    if (this.isSettled) return;
    const lastWords = this.#machine.output.trim().split('\n').at(-1) ?? '';
    this.log.undone(`it went off during ${this.log.state}: ${lastWords.trim()}`);
    this.#settled.resolve();
    this.#parts.heard();
  }
}
