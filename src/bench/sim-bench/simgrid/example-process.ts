import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunFailure } from '../../../failure.ts';
import type { MessageKind } from '../../../sim/index.ts';
import { buildExample } from './example-build-process.ts';
import { runExample } from './example-run-process.ts';

/** What SimGrid's example took, and what happened in it. */
export interface MeasuredExample {
  /** Of Debian's package. */
  readonly version: string;
  readonly cpuS: number;
  readonly peakRssMB: number;
  /** Virtual time at which the last peer had everything [s]. */
  readonly makespanS: number;
  /** Messages that peers received. */
  readonly messages: Readonly<Partial<Record<MessageKind, number>>>;
}

/** That, or what is missing to run it, a sentence each. */
export type SimGridCost = MeasuredExample | { readonly missing: readonly string[] };

/**
 * Builds SimGrid's example in a temporary folder and runs it twice: to count its messages, and to measure it.
 * @param step told what is being done
 * @throws RunFailure (`SIMGRID`) where the example fails or peers in it do not finish
 */
export async function measureSimGrid(
  leechers: number,
  step: (what: string) => void,
  signal: AbortSignal,
): Promise<SimGridCost> {
  const folder = await mkdtemp(join(tmpdir(), 'swarmboot-simgrid-'));
  try {
    step('fetching the source of its example and building it');
    const built = await buildExample(folder, signal);
    if ('missing' in built) return built;
    const run = { program: built.program, folder, leechers };
    step('running it with a log of all messages, to count them');
    const { makespanS, messages } = (await runExample({ ...run, isCounted: true }, signal)).log;
    step('running it again to measure it');
    const { cpuS, peakRssMB, log } = await runExample({ ...run, isCounted: false }, signal);
    const unfinished = leechers + 1 - log.finished;
    if (unfinished > 0)
      throw new RunFailure('SIMGRID', `${unfinished} peers of SimGrid's example did not finish`);
    return { version: built.version, cpuS, peakRssMB, makespanS, messages };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
