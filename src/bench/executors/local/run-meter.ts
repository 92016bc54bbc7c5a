import type { HostUse } from '../../record/run-record.ts';
import type { RunOutcome } from '../executor.ts';
import { HostMeter, type HostReading } from './host-meter.ts';
import { type LabPlace, SERVER } from './lab-place.ts';
import type { MachineLog } from './machine-log.ts';
import { type ProcessorTimes, type ProcessorUse, useBetween } from './processor-times.ts';
import { processorTimes } from './processor-use-reader.ts';

/** A process of the lab that can be looked at. */
export interface MeteredProcess {
  reading(): HostReading;
}

type Measured = Pick<RunOutcome, 'serverCpuS' | 'serverLink' | 'serverPeakMemoryBytes' | 'siteLinks'>;

/** Measures what every host uses from the start barrier to the last verified piece. */
export class RunMeter {
  readonly #place: LabPlace;
  readonly #processes: ReadonlyMap<string, MeteredProcess>;
  readonly #meters: ReadonlyMap<string, HostMeter>;
  readonly #siteMeters: HostMeter[] = [];
  readonly #times: () => ProcessorTimes;
  readonly #before: ProcessorTimes;
  #after: ProcessorTimes | null = null;

  /** Begins to measure. The server's process stands under its own name. */
  constructor(
    place: LabPlace,
    processes: ReadonlyMap<string, MeteredProcess>,
    times: () => ProcessorTimes = processorTimes,
  ) {
    this.#times = times;
    this.#before = times();
    this.#place = place;
    this.#processes = processes;
    this.#meters = new Map([...processes.keys()].map((host) => [host, new HostMeter()]));
    this.#readAll();
  }

  /** Looks at the memory of processes that may be gone before the end. */
  sample(): void {
    for (const host of this.#processes.keys()) this.read(host);
  }

  /** Looks at one host while it is still there. */
  read(host: string): void {
    this.#meters.get(host)!.read(this.#processes.get(host)!.reading());
  }

  /**
   * Ends with the last verified piece of these machines, and goes on where one of them has lost its power after that: it
   * may lack pieces again.
   */
  follow(machines: readonly MachineLog[]): void {
    if (machines.every(({ hasImage, isSettled }) => hasImage || isSettled)) this.end();
    else this.#goOn();
  }

  /** What is used from now on does not count. Once is enough. */
  end(): void {
    if (this.#after !== null) return;
    this.#after = this.#times();
    this.#readAll();
    for (const meter of this.#allMeters) meter.close();
  }

  useOf(host: string): HostUse {
    return this.#meters.get(host)!.use;
  }

  /** What is known of the server, the sites and the computer. */
  get measured(): Measured & ProcessorUse {
    const { cpuS, link, peakMemoryBytes } = this.useOf(SERVER);
    return {
      ...useBetween(this.#before, this.#after ?? this.#times()),
      ...(cpuS === undefined ? {} : { serverCpuS: cpuS }),
      ...(link === undefined ? {} : { serverLink: link }),
      ...(peakMemoryBytes === undefined ? {} : { serverPeakMemoryBytes: peakMemoryBytes }),
      ...(this.#siteMeters.length === 0 ? {} : { siteLinks: this.#siteMeters.map(({ use }) => use.link!) }),
    };
  }

  #goOn(): void {
    this.#after = null;
    for (const meter of this.#allMeters) meter.open();
  }

  get #allMeters(): readonly HostMeter[] {
    return [...this.#meters.values(), ...this.#siteMeters];
  }

  #readAll(): void {
    this.sample();
    const counters = this.#place.linkCounters();
    for (const [host, bytes] of counters?.hosts ?? []) this.#meters.get(host)?.linkRead(bytes);
    for (const [site, bytes] of (counters?.sites ?? []).entries()) {
      this.#siteMeters[site] ??= new HostMeter();
      this.#siteMeters[site].linkRead(bytes);
    }
  }
}
