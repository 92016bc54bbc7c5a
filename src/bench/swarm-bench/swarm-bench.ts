import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError } from '../../failure.ts';
import { type AnswerWatch, answer } from '../answer.ts';
import type { Executor } from '../executors/executor.ts';
import { netnsExecutor } from '../executors/netns/netns-executor.ts';
import { RecordStore } from '../record/record-store.ts';
import { type RunRecord, TRANSPORTS, type Transport } from '../record/run-record.ts';
import { writeReport } from '../report/report-writer.ts';
import { type LoadedScenario, loadScenario } from '../scenario/scenario-loader.ts';
import { rawSize } from '../scenario/wire-size.ts';
import type { GoalRow } from './goal.ts';
import type { SwarmCase } from './swarm-case.ts';
import { quietFolder } from './work-folder-reader.ts';

const SCENARIOS = new URL('../../../scenarios/', import.meta.url);

export interface SwarmBenchOptions {
  readonly cases: readonly SwarmCase[];
  /** Runs of each cell. */
  readonly repeats: number;
  /** Where the reports go, a folder for each scenario. */
  readonly out: string;
  /** Where disks are kept while a run goes on; left out: in memory, where there is room. */
  readonly workFolder?: string;
  /** Folder of the scenario files; left out: the repository's. */
  readonly scenarios?: string;
}

/** Hears how far the comparison is. */
export interface SwarmBenchWatch extends AnswerWatch {
  caseStarted(name: string, leftOut: readonly LeftOut[]): void;
}

/** A transport that cannot be run on this computer, and why. */
export interface LeftOut {
  readonly transport: Transport;
  readonly reason: string;
}

/** What came out of one case. */
export interface CaseResult {
  readonly name: string;
  readonly rows: readonly GoalRow[];
  readonly leftOut: readonly LeftOut[];
  readonly records: readonly RunRecord[];
  /** Folder of the report. */
  readonly folder: string;
}

/**
 * Runs the cases one after the other over network namespaces, and makes the report of each scenario.
 * Rejects as `answer` does; reports of cases that were finished are kept.
 */
export async function runSwarmBench(
  options: SwarmBenchOptions,
  watch: SwarmBenchWatch,
): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  for (const swarmCase of options.cases) results.push(await runCase(swarmCase, options, watch));
  return results;
}

async function runCase(
  swarmCase: SwarmCase,
  { repeats, out, workFolder, scenarios = fileURLToPath(SCENARIOS) }: SwarmBenchOptions,
  watch: SwarmBenchWatch,
): Promise<CaseResult> {
  const seeds = Array.from({ length: repeats }, (_, index) => index + 1);
  const scenario = await loadScenario(join(scenarios, `${swarmCase.scenario}.yaml`), { seeds });
  const executor = netnsExecutor({ workFolder: workFolder ?? (await quietFolder(diskBytes(scenario))) });
  const leftOut = leftOutOf(scenario, executor);
  watch.caseStarted(swarmCase.name, leftOut);
  const store = new RecordStore(join(out, scenario.name));
  const transports = TRANSPORTS.filter((name) => !leftOut.some(({ transport }) => transport === name));
  const records = await answer({ scenario, executors: [executor], only: { transports }, store }, watch);
  const notRun = leftOut.map(({ reason }) => reason);
  const asked = { ...(await store.asked())!, ...(notRun.length > 0 && { notRun }) };
  await store.ask(asked);
  await writeReport(store.folder, await store.read(), asked);
  const rows = swarmCase.rows({ scenario, records });
  return { name: swarmCase.name, rows, leftOut, records, folder: store.folder };
}

/** Disks of the largest run, and the golden image beside them: as a disk, and as it is published. */
function diskBytes({ variants }: LoadedScenario): number {
  return Math.max(
    ...variants.map(({ scenario: { image, fleet } }) => (Math.max(...fleet.machines) + 2) * rawSize(image)),
  );
}

/**
 * Transports of the scenario that this computer lacks something for.
 * @throws ConfigError where that is true of all
 */
function leftOutOf({ variants }: LoadedScenario, executor: Executor): LeftOut[] {
  const asked = TRANSPORTS.filter((name) => variants.some(({ scenario }) => scenario.transports[name]));
  const leftOut = asked.flatMap((transport) => {
    const [reason] = variants.flatMap(({ scenario }) => executor.unsupported(scenario, transport));
    return reason === undefined ? [] : [{ transport, reason }];
  });
  if (leftOut.length < asked.length) return leftOut;
  throw new ConfigError('', [...new Set(leftOut.map(({ reason }) => reason))].join('\n'));
}
