import { createHash } from 'node:crypto';
import type { PlannedRun } from './executors/executor.ts';

/**
 * The order of runs that take real time. Repeats go round by round, a round for each random seed, and within a round in
 * random order that the seed determines: whatever slows the computer for a while then hits no cell alone. Runs that are
 * not repeated stay as they are.
 */
export function inRounds<Planned extends { readonly run: PlannedRun }>(all: readonly Planned[]): Planned[] {
  const rounds = [...Map.groupBy(all, ({ run }) => run.randomSeed).values()];
  if (rounds.length < 2) return [...all];
  return rounds.flatMap((round) =>
    round
      .map((planned) => ({ planned, draw: drawOf(planned.run) }))
      .sort((a, b) => (a.draw < b.draw ? -1 : 1))
      .map(({ planned }) => planned),
  );
}

/** A number that looks random, the same whatever else is in the plan. */
function drawOf({ randomSeed, variant, transport, machines }: PlannedRun): string {
  const name = JSON.stringify([randomSeed, variant, transport, machines]);
  return createHash('sha256').update(name).digest('hex');
}
