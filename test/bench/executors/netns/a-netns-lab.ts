import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { TestContext } from 'vitest';
import type { PlannedRun, RunOutcome } from '../../../../src/bench/executors/executor.ts';
import type { LabSettings } from '../../../../src/bench/executors/local/lab-settings.ts';
import { missingParts, type Needs } from '../../../../src/bench/executors/netns/missing-parts-reader.ts';
import { netnsExecutor } from '../../../../src/bench/executors/netns/netns-executor.ts';
import { benchOf } from '../../../../src/bench/executors/netns/topology.ts';
import type { Transport } from '../../../../src/bench/record/run-record.ts';
import { aRun } from '../a-run.ts';
import { aLabScenario, runOnce } from '../local/a-lab.ts';
import { skipOrFail } from '../local/installed-tool.ts';

const IP = 'ip';

export function ipNetns(...words: readonly string[]) {
  return spawnSync(IP, ['netns', ...words], { encoding: 'utf8' });
}

/** Skips the test where a right or a program is missing. */
export function needsNetns(context: TestContext, transport: Transport = 'p2p', needs: Needs = {}): void {
  const [missing] = missingParts(transport, needs);
  if (missing !== undefined) skipOrFail(context, missing);
  const name = `swbt${process.pid}`;
  const made = ipNetns('add', name);
  if (made.status !== 0) skipOrFail(context, `network namespaces cannot be made here: ${made.stderr}`);
  ipNetns('delete', name);
}

/** Names of the namespaces that the process with this id has made for its runs. */
export function namespacesBy(pid: number): string[] {
  const { stdout } = ipNetns('list');
  return stdout.split('\n').filter((line) => benchOf(line)?.pid === pid);
}

/** True once something runs in a namespace that the process with this id has made. */
export function isLabInUse(pid: number): boolean {
  return namespacesBy(pid).some((name) => ipNetns('pids', name).stdout.trim() !== '');
}

/** Ids of the processes of this name in some namespaces. */
export function processesIn(name: string, namespaces: readonly string[]): number[] {
  const pids = namespaces.flatMap((namespace) =>
    ipNetns('pids', namespace).stdout.split('\n').filter(Boolean),
  );
  return pids.map(Number).filter((pid) => nameOf(pid) === name);
}

/** It may have ended meanwhile. */
function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}

export interface NetnsRun extends Partial<PlannedRun> {
  readonly options?: LabSettings;
  readonly signal?: AbortSignal;
}

/** A run of three machines over links of 8 MiB/s with 4 MiB; see `aLabScenario`. */
export function runNetns({ options = {}, signal, ...run }: NetnsRun): Promise<RunOutcome> {
  const planned = aRun({ source: 'netns', scenario: aLabScenario(), machines: 3, ...run });
  return runOnce(netnsExecutor(options), planned, signal);
}
