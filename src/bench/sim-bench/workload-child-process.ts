import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { RunFailure } from '../../failure.ts';
import { SIM_WORKLOADS } from './sim-workloads.ts';

/** What the simulation of a workload took, in a process of its own. */
export interface WorkloadCost {
  readonly name: string;
  readonly peers: number;
  readonly pieces: number;
  /** Of all threads, from the start of the simulation to its end; modules are loaded before. */
  readonly cpuS: number;
  /** Pieces that arrived somewhere. */
  readonly pieceEventsPerCpuS: number;
  /** Of the whole process. */
  readonly peakRssMB: number;
  /** Machines that did not finish: none. */
  readonly unfinished: number;
  readonly makespanS: number;
  readonly traceDigest: string;
}

export const SIM_WORKLOAD_NAMES: readonly string[] = SIM_WORKLOADS.map(({ name }) => name);

const PROCESS = `${import.meta.dirname}/sim-workload-process.ts`;

/**
 * Measures workloads one after the other.
 * @throws RunFailure (`SIM_BENCH`) where one of them failed, or machines in it did not finish
 */
export async function runSimBench(
  names: readonly string[],
  measured: (cost: WorkloadCost) => void,
  signal: AbortSignal,
): Promise<void> {
  for (const name of names) {
    const cost = await costOf(name, signal);
    if (cost.unfinished > 0)
      throw new RunFailure('SIM_BENCH', `${cost.unfinished} machines of the workload ${name} did not finish`);
    measured(cost);
  }
}

async function costOf(name: string, signal: AbortSignal): Promise<WorkloadCost> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [PROCESS, name], { signal });
    return JSON.parse(stdout) as WorkloadCost;
  } catch (cause) {
    signal.throwIfAborted();
    throw new RunFailure('SIM_BENCH', `the workload ${name} failed: ${(cause as Error).message.trim()}`, {
      cause,
    });
  }
}
