import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { RunFailure } from '../../failure.ts';
import type { MessageKind } from '../../sim/index.ts';
import { SIM_WORKLOADS } from './sim-workloads.ts';
import { SIMGRID_WORKLOAD } from './simgrid/simgrid-workload.ts';

/** What the simulation of a workload took, in a process of its own. */
export interface WorkloadCost {
  readonly name: string;
  readonly peers: number;
  readonly pieces: number;
  /** From the start of the simulation to its end; modules are loaded before. */
  readonly cpuS: number;
  /** Pieces that arrived somewhere. */
  readonly pieceEventsPerCpuS: number;
  /** Of the whole process. */
  readonly peakRssMB: number;
  /** Machines that did not finish: none. */
  readonly unfinished: number;
  readonly makespanS: number;
  /** Messages that peers read, in a swarm that is simulated message by message. */
  readonly messages?: Readonly<Record<MessageKind, number>>;
  readonly traceDigest: string;
}

export const SIM_WORKLOAD_NAMES: readonly string[] = [...SIM_WORKLOADS, SIMGRID_WORKLOAD].map(
  ({ name }) => name,
);

/** Memory that the simulation of a swarm holds for each peer. */
export interface PeerState {
  readonly picker: 'rarest' | 'sampled';
  readonly peers: number;
  readonly pieces: number;
  readonly neighbours: number;
  readonly bytesPerPeer: number;
  /** What the swarm takes with this picker [virtual s]. */
  readonly makespanS: number;
}

const PROCESS = `${import.meta.dirname}/sim-workload-process.ts`;
const STATE_PROCESS = `${import.meta.dirname}/sim-state-process.ts`;

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

/** Measures what a peer costs in memory, with exact and with sampled rarest first. */
export async function measurePeerStates(signal: AbortSignal): Promise<PeerState[]> {
  const states: PeerState[] = [];
  for (const picker of ['sampled', 'rarest'])
    states.push((await answerOf(['--expose-gc', STATE_PROCESS, picker], signal)) as PeerState);
  return states;
}

/** On one core: V8 has threads of its own otherwise, and what they do for a simulation costs more than it saves. */
async function costOf(name: string, signal: AbortSignal): Promise<WorkloadCost> {
  return (await answerOf(['--single-threaded', PROCESS, name], signal)) as WorkloadCost;
}

/** What a process prints. */
async function answerOf(args: readonly string[], signal: AbortSignal): Promise<unknown> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args, { signal });
    return JSON.parse(stdout) as unknown;
  } catch (cause) {
    signal.throwIfAborted();
    const what = args.at(-1);
    throw new RunFailure('SIM_BENCH', `the workload ${what} failed: ${(cause as Error).message.trim()}`, {
      cause,
    });
  }
}
