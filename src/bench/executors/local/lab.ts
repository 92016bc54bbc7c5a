import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunOutcome, RunWatch } from '../executor.ts';
import { AgentChild } from './agent-child.ts';
import { makeBlankDisks } from './blank-disks-writer.ts';
import { type GoldenFiles, goldenWishOf } from './golden-files.ts';
import { firstDifferences } from './image-comparison-reader.ts';
import { LabFaults } from './lab-faults.ts';
import type { LabFiles } from './lab-files.ts';
import { labLimitations, useLimitations } from './lab-limitations.ts';
import {
  monotonicMs,
  peerIdOf,
  type ServerPorts,
  type ServerReady,
  type ServerTask,
} from './lab-messages.ts';
import { type LabPlace, SERVER } from './lab-place.ts';
import type { LabMachine, LabPlan } from './lab-plan.ts';
import { agentTaskOf, diskFileOf, folderWithRoomOf, serverTaskOf } from './lab-tasks.ts';
import { longestStandstillMs } from './longest-standstill.ts';
import { type MeteredProcess, RunMeter } from './run-meter.ts';
import { ServerChild } from './server-child.ts';
import { StallGuard } from './stall-guard.ts';
import { Timetable } from './timetable.ts';

export interface LabOptions {
  readonly files: LabFiles;
  /** First of three ports, or 0 for any free ones. */
  readonly port: number;
  /** Time without a sign of life after which unfinished machines are given up. */
  readonly patienceMs: number;
  /** Time from the start of the transfer after which unfinished machines are given up; Infinity for none. */
  readonly deadlineMs: number;
  readonly place: LabPlace;
}

const HEARTBEAT_MS = 250;
const SAMPLE_MS = 1_000;

interface WhatWasRun {
  readonly golden: GoldenFiles;
  readonly ready: ServerReady;
  readonly originMs: number;
  readonly serverUploadedBytes: number;
}

/** One run in the lab. Whoever makes it closes it: then nothing of it is left behind. */
export class Lab {
  readonly #plan: LabPlan;
  readonly #options: LabOptions;
  readonly #watch: RunWatch;
  readonly #scratchFolder: string;
  readonly #aborted = Promise.withResolvers<never>();
  readonly #timetable = new Timetable();
  #server: ServerChild | undefined;
  #agents: readonly AgentChild[] = [];
  #meter: RunMeter | undefined;
  #transferStartedMs: number | null = null;
  #unfinishedAfterS: number | null = null;

  constructor(plan: LabPlan, options: LabOptions, watch: RunWatch) {
    this.#plan = plan;
    this.#options = options;
    this.#watch = watch;
    this.#scratchFolder = options.files.runFolder();
    this.#aborted.promise.catch(() => {});
    watch.signal.addEventListener('abort', this.#abort);
    if (watch.signal.aborted) this.#abort();
  }

  /**
   * Sets up, deploys, compares.
   * Rejects with the signal's reason, a ConfigError, or a RunFailure where the run could not be made at all.
   */
  async run(): Promise<RunOutcome> {
    const { place, files, port } = this.#options;
    const golden = await this.#unlessLost(files.golden(goldenWishOf(this.#plan)));
    const disks = this.#plan.machines.map(({ name }) => diskFileOf(name));
    await makeBlankDisks(this.#scratchFolder, disks, this.#plan.imageBytes);
    await this.#unlessLost(place.open());
    const task = serverTaskOf(this.#plan, place, { scratchFolder: this.#scratchFolder, golden, port });
    const server = new ServerChild(task, place.launcherOf(SERVER));
    this.#server = server;
    const ready = await this.#unlessLost(server.prepare());
    await this.#unlessLost(this.#startAgents(ready.ports, task));
    const meter = this.#startMeter(server);
    const originMs = this.#powerOnAll();
    await this.#unlessLost(Promise.all(this.#agents.map((agent) => agent.settled)));
    meter.end();
    await this.#unlessLost(Promise.all(this.#agents.map((agent) => agent.release())));
    const serverUploadedBytes = await this.#unlessLost(server.uploadedBytes());
    await this.#unlessLost(this.#compareDisks(golden.goldenFile));
    const outcome = this.#outcome({ golden, ready, originMs, serverUploadedBytes });
    const { measured } = meter;
    return { ...outcome, ...measured, limitations: [...outcome.limitations, ...useLimitations(measured)] };
  }

  /** Ends every process, removes the hosts and the scratch folder. */
  async close(): Promise<void> {
    this.#watch.signal.removeEventListener('abort', this.#abort);
    this.#timetable.clear();
    const children = this.#server === undefined ? this.#agents : [this.#server, ...this.#agents];
    await Promise.all(children.map((child) => child.terminate()));
    try {
      await this.#options.place.close();
    } finally {
      await rm(this.#scratchFolder, { recursive: true, force: true, maxRetries: 5 });
    }
  }

  readonly #abort = () => this.#aborted.reject(this.#watch.signal.reason);

  #unlessLost<Result>(work: Promise<Result>): Promise<Result> {
    const endings = this.#server === undefined ? [] : [this.#server.lost];
    return Promise.race([work, ...endings, this.#aborted.promise]);
  }

  /** Resolves at the barrier: every agent has warmed up. */
  async #startAgents(ports: ServerPorts, { golden, agentToken }: ServerTask): Promise<void> {
    const { machines } = this.#plan;
    const { place } = this.#options;
    this.#agents = machines.map(
      (machine) =>
        new AgentChild(machine, { launcher: this.#launcherOf(machine), heard: () => this.#heard() }),
    );
    await Promise.all(
      machines.map((machine, index) => {
        const diskPath = this.#diskOf(machine);
        return this.#agents[index]!.prepare(
          agentTaskOf(this.#plan, machine, { place, ports, golden, agentToken, diskPath }),
        );
      }),
    );
  }

  #startMeter(server: ServerChild): RunMeter {
    const processes = new Map<string, MeteredProcess>([[SERVER, server]]);
    for (const agent of this.#agents) processes.set(agent.log.machine, agent);
    const meter = new RunMeter(this.#options.place, processes);
    this.#meter = meter;
    this.#timetable.every(SAMPLE_MS, () => meter.sample());
    return meter;
  }

  /**
   * Those that join later are powered on when the transfer has gone on for that long.
   * @returns the time of the first power-on
   */
  #powerOnAll(): number {
    const starters = this.#agents.filter((_, index) => this.#plan.machines[index]!.joinsAfterMs === 0);
    const originMs = starters[0]!.powerOn();
    for (const [index, agent] of starters.entries()) {
      const { powerOnMs } = this.#plan.machines[index]!;
      if (powerOnMs > 0) this.#timetable.after(powerOnMs, () => agent.powerOn());
      else if (index > 0) agent.powerOn();
    }
    const guard = new StallGuard(this.#options.patienceMs + 2 * longestStandstillMs(this.#plan), originMs);
    this.#timetable.every(HEARTBEAT_MS, () => this.#beat(guard));
    Promise.all(starters.map((agent) => agent.settled)).then(() => this.#giveUpJoining());
    return originMs;
  }

  /** Without a start of the transfer there is no time at which they would join. */
  #giveUpJoining(): void {
    if (this.#transferStartedMs !== null) return;
    for (const agent of this.#agents.filter(({ log }) => !log.isSettled)) {
      agent.fail('it was to join a transfer that never started');
    }
  }

  #beat(guard: StallGuard): void {
    for (const { log } of this.#agents) this.#watch.machineProgressed(log.machine, log.shownPhase, log.share);
    const nowMs = monotonicMs();
    const isWaited = this.#agents.some(({ log }) => log.isWorkingAlone);
    const sign = isWaited ? String(nowMs) : String(this.#agents.map(({ log }) => log.downloadedBytes));
    if (!guard.isStalled(sign, nowMs)) return;
    const seconds = Math.round(guard.patienceMs / 1000);
    this.#meter?.end();
    for (const agent of this.#agents) {
      agent.fail(`given up during ${agent.log.state}: no machine received a byte for ${seconds} s`);
    }
  }

  #heard(): void {
    this.#meter?.follow(this.#agents.map(({ log }) => log));
    if (this.#transferStartedMs !== null) return;
    const starts = this.#agents.flatMap(({ log }) => log.downloadStartedMs ?? []);
    if (starts.length > 0) this.#transferStarted(Math.min(...starts));
  }

  /** The transfer starts with the first download; from then on count the times of what happens to machines. */
  #transferStarted(atMs: number): void {
    this.#transferStartedMs = atMs;
    const { place, deadlineMs } = this.#options;
    if (deadlineMs < Infinity)
      this.#timetable.after(atMs + deadlineMs - monotonicMs(), () => this.#giveUpUnfinished());
    const faults = new LabFaults(
      {
        plan: this.#plan,
        place,
        server: this.#server!,
        agents: this.#agents,
        meter: this.#meter!,
        timetable: this.#timetable,
        diskOf: (machine) => this.#diskOf(machine),
        failed: (error) => this.#aborted.reject(error),
      },
      atMs,
    );
    faults.begin();
  }

  #giveUpUnfinished(): void {
    const unfinished = this.#agents.filter(({ log }) => !log.isSettled);
    if (unfinished.length === 0) return;
    this.#unfinishedAfterS = this.#options.deadlineMs / 1000;
    this.#meter?.end();
    for (const agent of unfinished) {
      const seconds = Math.round(this.#unfinishedAfterS);
      agent.fail(`given up during ${agent.log.state}: it had not finished after ${seconds} s`);
    }
  }

  async #compareDisks(goldenFile: string): Promise<void> {
    const compared = this.#agents.flatMap(({ log }, index) => {
      const machine = this.#plan.machines[index]!;
      // Nobody but the machine sees a disk that is full, and it has read it back.
      return log.isDone && machine.roomBytes === Infinity ? [{ log, disk: this.#diskOf(machine) }] : [];
    });
    const disks = compared.map(({ disk }) => disk);
    for (const [index, offset] of (await firstDifferences(disks, goldenFile)).entries()) {
      if (offset !== null) compared[index]!.log.disproved(offset);
    }
  }

  #outcome({ golden, ready, originMs, serverUploadedBytes }: WhatWasRun): RunOutcome {
    const names = [SERVER, ...this.#plan.machines.map(({ name }) => name)];
    const nameOf = new Map(names.map((name) => [Buffer.from(peerIdOf(name)).toString('hex'), name]));
    return {
      formula: null,
      fleet: this.#agents.map(({ log }) => ({
        ...log.result(originMs, (peerId) => nameOf.get(peerId) ?? peerId),
        ...this.#meter!.useOf(log.machine),
      })),
      barrierS: ((this.#transferStartedMs ?? originMs) - originMs) / 1000,
      serverUploadedBytes,
      wireBytes: ready.wireBytes,
      ...(this.#unfinishedAfterS === null ? {} : { unfinishedAfterS: this.#unfinishedAfterS }),
      traceDigest: null,
      limitations: [...this.#options.place.limitations, ...labLimitations(this.#plan, golden, ready)],
      versions: ready.versions,
    };
  }

  #launcherOf(machine: LabMachine): readonly string[] {
    const { place } = this.#options;
    const { name, roomBytes } = machine;
    if (roomBytes === Infinity) return place.launcherOf(name);
    const disk = { file: this.#diskOf(machine), bytes: this.#plan.imageBytes, roomBytes };
    return place.launcherWithDisk!(name, disk);
  }

  #diskOf({ name, roomBytes }: LabMachine): string {
    const folder = roomBytes === Infinity ? '' : folderWithRoomOf(name);
    return join(this.#scratchFolder, folder, diskFileOf(name));
  }
}
