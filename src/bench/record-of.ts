import { boundsOf } from './executors/bounds.ts';
import type { Executor, PlannedRun, RunOutcome } from './executors/executor.ts';
import type { Assignment } from './plan.ts';
import type { AskedScenario } from './record/asked-scenario.ts';
import type { HostFingerprint, RunRecord } from './record/run-record.ts';
import type { LoadedScenario } from './scenario/scenario-loader.ts';
import { wireSize } from './scenario/wire-size.ts';

/** By name. */
export type Versions = Readonly<Record<string, string>>;

/** What is the same for all records of one command. */
export interface RecordContext {
  readonly scenario: LoadedScenario;
  readonly host: HostFingerprint;
  readonly versions: Versions;
  /** ISO 8601, UTC. */
  readonly now: () => string;
}

/** The record of a run that was made. */
export function recordOf(
  { executor, run, variant }: Assignment,
  outcome: RunOutcome,
  context: RecordContext,
): RunRecord {
  const { versions: clientVersions, ...found } = outcome;
  return {
    ...headOf(context, variant.settings),
    source: run.source,
    transport: run.transport,
    variant: run.variant,
    machines: run.machines,
    randomSeed: run.randomSeed,
    versions: allVersions(clientVersions, context.versions),
    ...(executor.basis !== undefined && { basis: executor.basis }),
    wireBytes: wireSize(run.scenario.image),
    bounds: boundsOf(runOfSize(run, found.wireBytes), executor.hasWholePieces, found.fleet),
    ...found,
    citation: null,
  };
}

/** Our own client is a part of Swarmboot, and has its version. */
export function allVersions(clients: Versions | undefined, own: Versions): Versions {
  return { ...clients, ...own };
}

/** The same run with an image of so many bytes on the wire, where they are known. */
function runOfSize(run: PlannedRun, wireBytes: number | undefined): PlannedRun {
  if (wireBytes === undefined) return run;
  const image = { ...run.scenario.image, encoding: 'raw', used: wireBytes } as const;
  return { ...run, scenario: { ...run.scenario, image } };
}

/** The cells of a publication that the scenario lays beside, as records. */
export function publishedRecords(context: RecordContext): RunRecord[] {
  const { plain } = context.scenario;
  return plain.measured.map((measured) => ({
    ...headOf(context, { measured }),
    source: 'published',
    transport: measured.transport,
    variant: '',
    machines: measured.machines,
    randomSeed: null,
    versions: context.versions,
    wireBytes: wireSize(plain.image),
    bounds: null,
    formula: { makespanS: measured.makespan, transferS: null, meanLatencyS: null, serverCopies: null },
    barrierS: 0,
    fleet: [],
    serverUploadedBytes: null,
    traceDigest: null,
    limitations: [],
    citation: measured.citation,
  }));
}

/**
 * What the records of a scenario have to answer.
 * @param before what was asked last: executors that are not asked now have answered that
 */
export function askedScenario(
  { digest, plain, variants }: LoadedScenario,
  executors: readonly Executor[],
  before: AskedScenario | undefined,
): AskedScenario {
  const bases = executors.map(({ name, basis = '' }) => [name, basis]);
  return {
    digest,
    variants: Object.fromEntries(variants.map(({ variant, settings }) => [variant, settings])),
    published: plain.measured.map((measured) => ({ measured })),
    bases: { ...before?.bases, ...Object.fromEntries(bases) },
  };
}

function headOf({ scenario, host, now }: RecordContext, settings: unknown) {
  return {
    format: 'swarmboot-run/1',
    recordedAt: now(),
    scenario: { name: scenario.name, title: scenario.title, digest: scenario.digest, settings },
    host,
  } as const;
}
