import { AGENT_ENVIRONMENT } from '../../../engine/index.ts';
import { RunFailure } from '../../../failure.ts';
import { type HostReading, NOTHING_READ } from './host-meter.ts';
import { type Ending, endingSentence, LabChild } from './lab-child-process.ts';
import { type AgentCommand, type AgentProcessTask, type AgentReport, monotonicMs } from './lab-messages.ts';
import type { LabMachine } from './lab-plan.ts';
import { MachineLog } from './machine-log.ts';
import { fromPortable } from './portable-failure.ts';
import { LONGEST_STEP_MS, withinLimit } from './step-limit.ts';

/** Time that an agent has to say goodbye. */
const RELEASE_MS = 5_000;

/** One life of the agent's process. */
interface Life {
  readonly child: LabChild<AgentCommand, AgentReport>;
  readonly ready: PromiseWithResolvers<void>;
  /** It deploys: before that it waits for the machine's start. */
  hasStarted: boolean;
  /** The machine has lost its power, and is to come back. */
  isCut: boolean;
}

interface AgentChildOptions {
  /** Starts a command on the machine's host. */
  readonly launcher: readonly string[];
  /** Called after every report, and when the process has ended. */
  readonly heard: () => void;
  /** How long a warm-up may take [ms]; default: `LONGEST_STEP_MS`. */
  readonly stepMs?: number;
}

/** One machine of a running lab: its process, which may be cut off and started again, and what was heard of it. */
export class AgentChild {
  readonly log: MachineLog;
  readonly #launcher: readonly string[];
  readonly #heard: () => void;
  readonly #stepMs: number;
  readonly #settled = Promise.withResolvers<void>();
  #task: AgentProcessTask | undefined;
  #life: Life;
  /** Of lives that are over. */
  #cpuS = 0;
  #isSwitchedOn = false;
  #hasPower = true;
  #isOver = false;

  constructor({ name }: LabMachine, { launcher, heard, stepMs = LONGEST_STEP_MS }: AgentChildOptions) {
    this.log = new MachineLog(name);
    this.#launcher = launcher;
    this.#heard = heard;
    this.#stepMs = stepMs;
    this.#life = this.#begin();
  }

  /** Resolves when the machine is done or has failed. */
  get settled(): Promise<void> {
    return this.#settled.promise;
  }

  /** Resolves when the process has warmed up. Rejects with a RunFailure where it cannot, or not in time; then it is killed. */
  async prepare(task: AgentProcessTask): Promise<void> {
    this.#task = task;
    const { child, ready } = this.#life;
    child.send({ kind: 'prepare', task });
    try {
      const step = { host: this.log.machine, name: 'its warm-up', limitMs: this.#stepMs };
      await withinLimit(ready.promise, step);
    } catch (error) {
      child.kill();
      throw error;
    }
  }

  /**
   * Whoever is switched on while there is no power starts when that is back.
   * @returns when that was
   */
  powerOn(): number {
    const atMs = monotonicMs();
    if (this.log.isSettled) return atMs;
    this.log.poweredOn(atMs);
    this.#isSwitchedOn = true;
    this.#start();
    return atMs;
  }

  /**
   * Ends the agent in the middle of whatever it does (SIGKILL), for the time being: the next one warms up meanwhile, as
   * all have before their start. A machine that is done has nothing to come back for.
   * Resolves when the next one is ready, or when there is none.
   */
  async losePower(): Promise<void> {
    const life = this.#life;
    this.#hasPower = false;
    this.#cpuS = this.reading().cpuS ?? this.#cpuS;
    life.isCut = true;
    life.child.kill();
    await life.child.ended;
    if (this.log.isSettled || this.#isOver) return;
    this.log.lostPower();
    this.#life = this.#begin();
    // One that cannot warm up ends, which is told where all endings are.
    await this.prepare(this.#task!).catch(() => {});
  }

  /** After `losePower`: its agent starts on what is on its disk, unless nobody has switched the machine on yet. */
  powerBack(): void {
    this.#hasPower = true;
    this.#start();
  }

  /** Processor time is that of all lives. */
  reading(): HostReading {
    if (this.#life.isCut) return NOTHING_READ;
    const { cpuS, peakMemoryBytes } = this.#life.child.reading('agent');
    return { cpuS: cpuS === null ? null : this.#cpuS + cpuS, peakMemoryBytes };
  }

  /** The machine dies for good. */
  kill(): void {
    this.#life.child.kill();
  }

  /** Gives the machine up. */
  async fail(sentence: string): Promise<void> {
    this.log.failed(sentence);
    this.#settled.resolve();
    await this.terminate();
  }

  /** Ends the service for others; resolves when the process is gone. */
  async release(): Promise<void> {
    const { child } = this.#life;
    if (!child.isAlive) return;
    child.send({ kind: 'release' });
    const impatience = setTimeout(() => child.kill(), RELEASE_MS);
    await child.ended;
    clearTimeout(impatience);
  }

  terminate(): Promise<void> {
    this.#isOver = true;
    return this.#life.child.terminate();
  }

  #start(): void {
    if (!this.#isSwitchedOn || !this.#hasPower || this.#life.hasStarted || this.log.isSettled) return;
    this.#life.hasStarted = true;
    this.#life.child.send({ kind: 'go' });
  }

  #begin(): Life {
    const entry = new URL('./lab-agent-process.ts', import.meta.url);
    const ready = Promise.withResolvers<void>();
    // Nobody waits for a machine to be ready once it was, or once the run was given up.
    ready.promise.catch(() => {});
    const hear = (report: AgentReport): void => {
      this.#hear(life, report);
      this.#heard();
    };
    const child = new LabChild<AgentCommand, AgentReport>(entry, this.#launcher, hear, AGENT_ENVIRONMENT);
    const life: Life = { child, ready, hasStarted: false, isCut: false };
    child.ended.then((ending) => {
      this.#ended(life, ending);
      this.#heard();
    });
    return life;
  }

  #hear(life: Life, report: AgentReport): void {
    // Its programs die with it, which is not its failure.
    if (life.isCut && report.kind === 'failed') return;
    this.log.reported(report);
    if (report.kind === 'ready') life.ready.resolve();
    if (report.kind === 'failed') life.ready.reject(fromPortable(report.failure));
    if (this.log.isSettled) this.#settled.resolve();
  }

  #ended(life: Life, ending: Ending): void {
    if (life.isCut) return;
    const when = this.log.state === 'waiting' ? 'before it was powered on' : `during ${this.log.state}`;
    const sentence = `the agent ${endingSentence(ending, when)}`;
    this.log.failed(sentence);
    life.ready.reject(new RunFailure('LAB_AGENT', `${this.log.machine}: ${sentence}`));
    this.#settled.resolve();
  }
}
