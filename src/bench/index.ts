/** The door of the bench. What is heavy (formulas with units, swarm clients, charts) is loaded by the call that needs it. */

import type { AnswerWatch } from './answer.ts';
import type { CalibrationRequest, CalibrationRun } from './calibration/calibration-run.ts';
import type { Executor } from './executors/executor.ts';
import type { HardwareSettings } from './executors/hardware/hardware-settings.ts';
import type { LabSettings } from './executors/local/lab-settings.ts';
import type { LimitFigure } from './limits-bench/limit-result.ts';
import type { LimitBenchOptions, LimitBenchWatch } from './limits-bench/measure-limits.ts';
import type { ProbeRequest } from './probe/lab-probe-reader.ts';
import type { Probe } from './probe/probe.ts';
import type { AskedScenario } from './record/asked-scenario.ts';
import type { ExecutorName, RunRecord } from './record/run-record.ts';
import type { SimGridAnswer } from './sim-bench/simgrid/simgrid-bench.ts';
import type { WorkloadCost } from './sim-bench/workload-child-process.ts';
import type { CaseResult, SwarmBenchOptions, SwarmBenchWatch } from './swarm-bench/swarm-bench.ts';
import type { TftpBenchOptions, TftpBenchWatch } from './tftp-bench/tftp-bench-client.ts';
import type { TftpResult } from './tftp-bench/tftp-case.ts';
import type { MachineTrace, TraceRequest } from './trace/trace.ts';

export { type AnswerWatch, answer, type LeftOutPlace, type LeftOutReason } from './answer.ts';
export { calibrationNotes, calibrationTables } from './calibration/calibration-tables.ts';
export { unexpectedFailures } from './executors/fleet.ts';
export type { HardwareSettings } from './executors/hardware/hardware-settings.ts';
export { MODEL_TRANSPORTS } from './executors/model-transport.ts';
export { LIMIT_NAMES } from './limits-bench/limit-case.ts';
export { errorOf, type LimitFigure, verdictOn } from './limits-bench/limit-result.ts';
export { limitTable } from './limits-bench/limit-table.ts';
export { agreementDetails } from './metrics/agreement.ts';
export { type Cell, cellDetails, isMeasured } from './metrics/cell.ts';
export { untimedWords, variantWords } from './metrics/plain-words.ts';
export { readableTime } from './metrics/readable-units.ts';
export { selectRecords } from './metrics/record-selection.ts';
export type { Assignment, Selection } from './plan.ts';
export type { Probe } from './probe/probe.ts';
export { assertProbeFile, readProbe, writeProbe } from './probe/probe-store.ts';
export { probeTable } from './probe/probe-table.ts';
export { versionNotes } from './probe/probe-versions.ts';
export { readHost, readVersions } from './record/host-reader.ts';
export { RecordStore } from './record/record-store.ts';
export {
  EXECUTORS,
  type ExecutorName,
  type MachineResult,
  type RunRecord,
  TRANSPORTS,
} from './record/run-record.ts';
export { comparisonTable } from './report/comparison-table.ts';
export { withQuotedFigures } from './report/quoted-figures.ts';
export type { Table as ReportTable } from './report/report-document.ts';
export { scenarioJsonSchema } from './scenario/json-schema.ts';
export { type LoadedScenario, loadScenario } from './scenario/scenario-loader.ts';

export { type Growth, growthOf } from './sim-bench/growth.ts';
export { GROWTH_PIECES } from './sim-bench/sim-workloads.ts';
export type { SimGridComparison } from './sim-bench/simgrid/comparison.ts';
export { SIMGRID_WORKLOAD } from './sim-bench/simgrid/simgrid-workload.ts';
export {
  measurePeerStates,
  type PeerState,
  runSimBench,
  SIM_WORKLOAD_NAMES,
  type WorkloadCost,
} from './sim-bench/workload-child-process.ts';
export { type GoalRow, verdictOf } from './swarm-bench/goal.ts';
export { goalTable } from './swarm-bench/goal-table.ts';
export type { CaseResult } from './swarm-bench/swarm-bench.ts';
export { SWARM_CASES } from './swarm-bench/swarm-cases.ts';
export { TFTP_CASES, TFTP_SERVERS, type TftpResult } from './tftp-bench/tftp-case.ts';
export { tftpTable } from './tftp-bench/tftp-table.ts';

/** What the executors may have to know beside the scenario. */
export interface ExecutorSettings {
  readonly lab: LabSettings;
  /** Asked for where real machines answer; rejects with a ConfigError that says what is missing. */
  readonly hardware: () => Promise<HardwareSettings>;
  /** What the lab takes, for the simulator. */
  readonly probe?: Probe;
}

/** The executor of that name. */
export async function executorNamed(name: ExecutorName, settings: ExecutorSettings): Promise<Executor> {
  const { probe, lab } = settings;
  const { basisOf } = await import('./executors/basis.ts');
  const [executor, basis] = [
    await loadedExecutor(name, settings),
    await basisOf(name, { probe, image: lab.image }),
  ];
  return basis === undefined ? executor : { ...executor, basis };
}

async function loadedExecutor(
  name: ExecutorName,
  { lab, hardware, probe }: ExecutorSettings,
): Promise<Executor> {
  switch (name) {
    case 'theory':
      return (await import('./executors/theory/theory-executor.ts')).theoryExecutor;
    case 'fluid':
      return (await import('./executors/fluid/fluid-executor.ts')).fluidExecutor;
    case 'sim':
      return (await import('./executors/sim/sim-executor.ts')).simExecutor(probe);
    case 'local':
      return (await import('./executors/local/local-executor.ts')).localExecutor(lab);
    case 'netns':
      return (await import('./executors/netns/netns-executor.ts')).netnsExecutor(lab);
    case 'vm':
      return (await import('./executors/vm/vm-executor.ts')).vmExecutor(lab);
    case 'hardware':
      return (await import('./executors/hardware/hardware-executor.ts')).hardwareExecutor(await hardware());
  }
}

/** Makes the report of the records into `folder`; see `report/report-writer.ts`. */
export async function writeReport(
  folder: string,
  records: readonly RunRecord[],
  asked?: AskedScenario,
): Promise<void> {
  const writer = await import('./report/report-writer.ts');
  await writer.writeReport(folder, records, asked);
}

/** Makes all reports below `folder` again, and a page that leads to them; see `report/report-writer.ts`. */
export async function writeReportIndex(folder: string): Promise<string[]> {
  const writer = await import('./report/report-writer.ts');
  return await writer.writeReportIndex(folder);
}

/** Holds our swarm against its goals; see `swarm-bench/swarm-bench.ts`. */
export async function runSwarmBench(
  options: SwarmBenchOptions,
  watch: SwarmBenchWatch,
): Promise<CaseResult[]> {
  return await (await import('./swarm-bench/swarm-bench.ts')).runSwarmBench(options, watch);
}

/** Measures how exactly our client keeps its limits; see `limits-bench/measure-limits.ts`. */
export async function measureLimits(
  options: LimitBenchOptions,
  watch: LimitBenchWatch,
): Promise<LimitFigure[]> {
  return await (await import('./limits-bench/measure-limits.ts')).measureLimits(options, watch);
}

/** Holds our TFTP server beside others; see `tftp-bench/tftp-bench-client.ts`. */
export async function runTftpBench(options: TftpBenchOptions, watch: TftpBenchWatch): Promise<TftpResult[]> {
  return await (await import('./tftp-bench/tftp-bench-client.ts')).runTftpBench(options, watch);
}

/**
 * Bytes of a disk image.
 * @throws ConfigError where the file is missing or empty
 */
export async function imageSizeOf(file: string): Promise<number> {
  return await (await import('../engine/index.ts')).imageFileSize(file);
}

/** What could be behind a table of measured times; see `calibration/calibration-run.ts`. */
export async function calibrateScenario(request: CalibrationRequest): Promise<CalibrationRun> {
  return await (await import('./calibration/calibration-run.ts')).calibrateScenario(request);
}

/** Measures what a lab takes beside the bytes on its links; see `probe/lab-probe-reader.ts`. */
export async function probeLab(request: ProbeRequest, watch: AnswerWatch): Promise<Probe> {
  return await (await import('./probe/lab-probe-reader.ts')).probeLab(request, watch);
}

/** Tells the story of one machine; see `trace/trace.ts`. */
export async function traceMachine(request: TraceRequest): Promise<MachineTrace> {
  return await (await import('./trace/trace.ts')).traceMachine(request);
}

/** Speed of small simulations; see `sim-bench/sim-parts.ts`. */
export async function measureParts() {
  return await (await import('./sim-bench/sim-parts.ts')).measureParts();
}

/** Holds a workload against SimGrid's example of a swarm; see `sim-bench/simgrid/simgrid-bench.ts`. */
export async function compareWithSimGrid(
  ours: WorkloadCost,
  step: (what: string) => void,
  signal: AbortSignal,
): Promise<SimGridAnswer> {
  return await (await import('./sim-bench/simgrid/simgrid-bench.ts')).compareWithSimGrid(ours, step, signal);
}
