import { readdir, readFile } from 'node:fs/promises';
import type { Executor, PlannedRun, RunOutcome } from '../../../../src/bench/executors/executor.ts';
import type { LabSettings } from '../../../../src/bench/executors/local/lab-settings.ts';
import { localExecutor } from '../../../../src/bench/executors/local/local-executor.ts';
import type { Scenario } from '../../../../src/bench/scenario/schema.ts';
import { aRun, aScenario, aWatch } from '../a-run.ts';

/** A scenario that real processes get through in a second or two; `changes` as in a file. */
export function aLabScenario(changes: Record<string, unknown> = {}): Scenario {
  return aScenario({
    image: { size: '4 MiB', pieceLength: '64 KiB' },
    network: { server: { up: '8 MiB/s' }, machine: { up: '8 MiB/s', down: '8 MiB/s' } },
    transports: { p2p: {}, unicast: {} },
    ...changes,
  });
}

export interface LabRun extends Partial<PlannedRun> {
  readonly options?: LabSettings;
  readonly signal?: AbortSignal;
}

export function runLab({ options = {}, signal, ...run }: LabRun): Promise<RunOutcome> {
  const planned = aRun({ source: 'local', scenario: aLabScenario(), ...run });
  return runOnce(localExecutor(options), planned, signal);
}

/** One run, and nothing of the executor is left. */
export async function runOnce(
  executor: Executor,
  run: PlannedRun,
  signal?: AbortSignal,
): Promise<RunOutcome> {
  try {
    return await executor.run(run, aWatch(signal));
  } finally {
    await executor.close?.();
  }
}

/** Processes that the process with this id has started. */
export async function childrenOf(pid: number): Promise<number[]> {
  const children: number[] = [];
  for (const thread of await readdir(`/proc/${pid}/task`)) {
    const text = await readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => '');
    children.push(...text.split(' ').filter(Boolean).map(Number));
  }
  return children;
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Ends a process, or by a negative number its group, that may have gone by itself. */
export function killed(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has gone.
  }
}

/** Resolves as soon as it holds; the test's own time limit is the end of patience. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50));
}
