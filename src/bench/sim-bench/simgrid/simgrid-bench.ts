import { runSimBench, type WorkloadCost } from '../workload-child-process.ts';
import { holdAgainst, type SimGridComparison } from './comparison.ts';
import { measureSimGrid } from './example-process.ts';

/** The comparison, or what is missing for it, a sentence each. */
export type SimGridAnswer = SimGridComparison | { readonly missing: readonly string[] };

/**
 * Runs SimGrid's example of a swarm and then ours again, so that a computer that others use now and then is not in
 * favour of either.
 * @param ours the same workload, as it was measured before
 * @param step told what is being done
 * @throws RunFailure (`SIMGRID`, `SIM_BENCH`) where one of them fails or its peers do not finish
 */
export async function compareWithSimGrid(
  ours: WorkloadCost,
  step: (what: string) => void,
  signal: AbortSignal,
): Promise<SimGridAnswer> {
  const simGrid = await measureSimGrid(ours.peers, step, signal);
  if ('missing' in simGrid) return simGrid;
  const runs = [ours];
  await runSimBench([ours.name], (cost) => runs.push(cost), signal);
  return holdAgainst(runs, simGrid);
}
