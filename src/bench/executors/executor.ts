import type {
  ExecutorName,
  FormulaResult,
  LinkBytes,
  MachineResult,
  Phase,
  RecordSource,
  Transport,
} from '../record/run-record.ts';
import type { Scenario } from '../scenario/schema.ts';

/** One run to be made: a scenario with its variant applied, for one transport, machine count and random seed. */
export interface PlannedRun {
  readonly scenario: Scenario;
  readonly source: ExecutorName;
  readonly transport: Transport;
  readonly variant: string;
  readonly machines: number;
  /** Null for an executor that draws nothing. */
  readonly randomSeed: number | null;
}

/** What an executor finds out; `recordOf` adds scenario, bounds, versions and host. */
export interface RunOutcome {
  readonly formula: FormulaResult | null;
  readonly fleet: readonly MachineResult[];
  readonly barrierS: number;
  readonly serverUploadedBytes: number | null;
  /** Payload bytes that other seeders sent together; left out where the server is the only one. */
  readonly seedersUploadedBytes?: number;
  /** F, where a lab knows what the image has become on the wire; left out: what the scenario says. */
  readonly wireBytes?: number;
  /** What a lab has measured; left out where not known. */
  readonly serverCpuS?: number;
  readonly serverLink?: LinkBytes;
  readonly serverPeakMemoryBytes?: Readonly<Record<string, number>>;
  readonly siteLinks?: readonly LinkBytes[];
  readonly busyShare?: number;
  readonly softirqShare?: number;
  /** Set where the time was up before all machines had finished [s]. */
  readonly unfinishedAfterS?: number;
  readonly traceDigest: string | null;
  readonly limitations: readonly string[];
  /** Versions of the clients in use, beside Swarmboot and Node. */
  readonly versions?: Readonly<Record<string, string>>;
}

/** Hears how far a run is. */
export interface RunWatch {
  /** Aborted by Ctrl-C: the executor ends everything that it started and rejects with the signal's reason. */
  readonly signal: AbortSignal;
  /** Somebody has to do something: else the run does not go on, or something of it stays behind. */
  personAsked?(sentence: string): void;
  /** `share` is the part of the phase that is done, 0 to 1. */
  machineProgressed(machine: string, phase: Phase | 'waiting' | 'done' | 'failed', share: number): void;
}

/** Answers planned runs in one way: by formula, by simulation or with real bytes. */
export interface Executor {
  readonly name: ExecutorName & RecordSource;
  readonly transports: readonly Transport[];
  /** True where random seeds make a difference: one run for each. */
  readonly isSeeded: boolean;
  /** True where a machine takes every piece whole from one source, so that Mundinger's bound holds. */
  readonly hasWholePieces: boolean;
  /** What its answers rest on beside the scenario, see `basis.ts`; left out where there is nothing. */
  readonly basis?: string;
  /** Settings of the scenario that this executor cannot honour for this transport, each as `key.path: reason`. */
  unsupported(scenario: Scenario, transport: Transport): readonly string[];
  /** Versions of the clients that a run would have now, as its outcome names them; left out where it has none. */
  versionsFor?(scenario: Scenario, transport: Transport): Promise<Readonly<Record<string, string>>>;
  /** Rejects only when the run could not be made at all; a machine that fails is part of the outcome. */
  run(run: PlannedRun, watch: RunWatch): Promise<RunOutcome>;
  /** Frees what outlives a run (server, scratch files). */
  close?(): Promise<void>;
}
