import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../../folder-writer.ts';
import type { PlannedRun, RunOutcome, RunWatch } from '../executor.ts';
import { useLimitations } from '../local/lab-limitations.ts';
import { monotonicMs } from '../local/lab-messages.ts';
import { SERVER } from '../local/lab-place.ts';
import type { MachineState } from '../local/machine-log.ts';
import { type MeteredProcess, RunMeter } from '../local/run-meter.ts';
import { StallGuard } from '../local/stall-guard.ts';
import { NamespacesPlace } from '../netns/namespaces-place.ts';
import { topologyOf } from '../netns/netns-topology.ts';
import { ProgramChild } from '../netns/program-child.ts';
import { type NetnsTopology, switchNamespace } from '../netns/topology.ts';
import { sentByNobodyElse } from '../sent-by-nobody-else.ts';
import type { GoldenParts } from './golden-parts.ts';
import { ROUTER, socketSteps } from './machine-sockets.ts';
import { VmMachine } from './vm-machine.ts';
import { deploymentWish, type PlannedMachine, plannedMachines, serverSettings } from './vm-plan.ts';
import { VmServerChild } from './vm-server-child.ts';

export interface VmLabOptions {
  readonly golden: GoldenParts;
  /** The golden disk says on the serial line that it has started. */
  readonly doesDiskSpeak: boolean;
  /** Everything of the executor, to be removed when the bench is gone. */
  readonly scratchFolder: string;
  /** Where disks and state of the run are; made and removed by it. */
  readonly folder: string;
  /** Time without a sign of life after which unfinished machines are given up. */
  readonly patienceMs: number;
}

const HEARTBEAT_MS = 500;
const SAMPLE_MS = 1_000;
const RECEIVING: ReadonlySet<MachineState> = new Set(['waiting', 'metainfo', 'download']);
const UNKNOWN = { cpuS: null, peakMemoryBytes: null };

/** One run on virtual machines. Whoever makes it closes it: then nothing of it is left behind. */
export class VmLab {
  readonly #options: VmLabOptions;
  readonly #watch: RunWatch;
  readonly #topology: NetnsTopology;
  readonly #place: NamespacesPlace;
  readonly #planned: readonly PlannedMachine[];
  readonly #aborted = Promise.withResolvers<never>();
  readonly #timers: NodeJS.Timeout[] = [];
  #server: VmServerChild | undefined;
  #router: ProgramChild | undefined;
  #machines: readonly VmMachine[] = [];
  #meter: RunMeter | undefined;

  constructor(run: PlannedRun, options: VmLabOptions, watch: RunWatch) {
    this.#options = options;
    this.#watch = watch;
    this.#topology = topologyOf(run);
    this.#planned = plannedMachines(run, this.#topology);
    const steps = socketSteps(
      this.#topology,
      this.#planned.map(({ name }) => name),
    );
    this.#place = new NamespacesPlace(this.#topology, steps);
    this.#aborted.promise.catch(() => {});
    watch.signal.addEventListener('abort', this.#abort);
    if (watch.signal.aborted) this.#abort();
  }

  /**
   * Sets up, powers on, waits until every machine has started from its own disk, compares.
   * Rejects with the signal's reason, a ConfigError, or a RunFailure where the run could not be made at all.
   */
  async run(): Promise<RunOutcome> {
    const { folder, golden, scratchFolder } = this.#options;
    await makeFolder(folder);
    await this.#unlessLost(this.#place.open());
    this.#startRouter();
    const server = new VmServerChild(this.#place.launcherOf(SERVER));
    this.#server = server;
    const place = { topology: this.#topology, state: join(folder, 'state'), ...golden };
    const settings = serverSettings(this.#planned, place);
    await this.#unlessLost(server.serve({ scratchFolder, settings, wish: deploymentWish(this.#planned) }));
    const originMs = await this.#unlessLost(this.#powerOnAll());
    await this.#unlessLost(Promise.all(this.#machines.map((machine) => machine.settled)));
    this.#meter?.end();
    await Promise.all(this.#machines.map((machine) => machine.powerOff()));
    for (const machine of this.#machines) await this.#unlessLost(machine.compare(golden.diskFile));
    return this.#outcome(originMs);
  }

  /** Ends every process, removes the hosts and the folder. */
  async close(): Promise<void> {
    this.#watch.signal.removeEventListener('abort', this.#abort);
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all(this.#machines.map((machine) => machine.powerOff()));
    this.#router?.stop();
    await this.#server?.terminate();
    try {
      await this.#place.close();
    } finally {
      await rm(this.#options.folder, { recursive: true, force: true, maxRetries: 5 });
    }
  }

  readonly #abort = () => this.#aborted.reject(this.#watch.signal.reason);

  #unlessLost<Result>(work: Promise<Result>): Promise<Result> {
    const endings = this.#server === undefined ? [] : [this.#server.lost];
    return Promise.race([work, ...endings, this.#aborted.promise]);
  }

  /** iPXE waits 16 s for an IPv6 router each time that it looks for a network: here is one. */
  #startRouter(): void {
    this.#router = new ProgramChild('nsenter', [
      `--net=/run/netns/${switchNamespace(this.#topology)}`,
      ...['dnsmasq', '--keep-in-foreground', '--log-facility=-', '--conf-file=/dev/null', '--port=0'],
      ...['--user=root', `--interface=${ROUTER.bridge}`, '--dhcp-leasefile=/dev/null', '--pid-file='],
      ...['--enable-ra', `--ra-param=${ROUTER.bridge},4`, `--dhcp-range=${ROUTER.prefix},ra-only`],
    ]);
  }

  /** @returns the time of the first power-on */
  async #powerOnAll(): Promise<number> {
    const { golden, folder, doesDiskSpeak, patienceMs } = this.#options;
    const diskBytes = (await stat(golden.diskFile)).size;
    this.#machines = this.#planned.map(
      (planned) =>
        new VmMachine({
          ...{ planned, doesDiskSpeak },
          diskFile: join(folder, `${planned.name}.img`),
          launcher: this.#place.launcherOf(planned.name),
          heard: () => this.#heard(),
        }),
    );
    const [first, ...others] = this.#machines;
    const originMs = await first!.powerOn(diskBytes);
    for (const [index, machine] of others.entries()) {
      const { powerOnMs } = this.#planned[index + 1]!;
      if (powerOnMs === 0) await machine.powerOn(diskBytes);
      else this.#timers.push(setTimeout(() => machine.powerOn(diskBytes), powerOnMs));
    }
    const guard = new StallGuard(patienceMs, originMs);
    this.#timers.push(setInterval(() => this.#beat(guard), HEARTBEAT_MS));
    return originMs;
  }

  #beat(guard: StallGuard): void {
    for (const { log } of this.#machines)
      this.#watch.machineProgressed(log.machine, log.shownPhase, log.share);
    // Who waits for others talks to the server all the time: bytes count of those that may receive boot files or the image.
    const { hosts } = this.#place.linkCounters();
    const links = this.#machines
      .filter(({ log }) => RECEIVING.has(log.state))
      .map(({ log }) => (hosts.get(log.machine)?.downBytes ?? 0) >> 12);
    const shares = this.#machines.map(({ log }) => log.share);
    const said = this.#machines.map(({ saidCount }) => saidCount);
    const sign = [this.#server!.saidCount, ...shares, ...links, ...said];
    if (!guard.isStalled(sign.join(' '), monotonicMs())) return;
    const seconds = Math.round(this.#options.patienceMs / 1000);
    this.#meter?.end();
    for (const machine of this.#machines.filter(({ isSettled }) => !isSettled))
      machine.fail(`given up during ${machine.log.state}: nothing was heard of any machine for ${seconds} s`);
  }

  /** What is used counts from the first download to the last verified piece. */
  #heard(): void {
    if (!this.#meter && this.#machines.some(({ log }) => log.downloadStartedMs !== null)) {
      const server = this.#server!;
      const processes = new Map<string, MeteredProcess>([[SERVER, server]]);
      for (const { name } of this.#planned) processes.set(name, { reading: () => UNKNOWN });
      const meter = new RunMeter(this.#place, processes);
      this.#meter = meter;
      this.#timers.push(setInterval(() => meter.sample(), SAMPLE_MS));
    }
    if (this.#machines.every(({ log, isSettled }) => log.hasImage || isSettled)) this.#meter?.end();
  }

  #outcome(originMs: number): RunOutcome {
    const starts = this.#machines.flatMap(({ log }) => log.downloadStartedMs ?? []);
    const fleet = this.#machines.map((machine) => ({
      ...machine.result(originMs),
      ...this.#meter?.useOf(machine.log.machine),
    }));
    const measured = this.#meter?.measured;
    return {
      formula: null,
      fleet,
      barrierS: starts.length === 0 ? 0 : (Math.min(...starts) - originMs) / 1000,
      serverUploadedBytes: sentByNobodyElse(fleet),
      ...measured,
      traceDigest: null,
      limitations: [...vmLimitations(this.#place), ...(measured ? useLimitations(measured) : [])],
    };
  }
}

function vmLimitations({ limitations }: NamespacesPlace): string[] {
  return [
    ...limitations,
    'Machines are emulated by QEMU without KVM, one processor each, and share the processors of this computer: their times say that everything works from power-on, and nothing about the speed of real ones.',
    'Machines are BIOS and UEFI in turn, get their addresses from our own server and boot by PXE; downloads begin together when all agents are there.',
    'A machine is done at the end of its agent; that it then starts from its own disk is checked, and not in its time.',
    'The host caches the disks of the machines (cache=unsafe).',
  ];
}
