import { describe, expect, it } from 'vitest';
import { inRounds } from '../../src/bench/run-order.ts';
import { aRun } from './executors/a-run.ts';

/** Six cells, each with these random seeds, cell by cell. */
function someRuns(seeds: readonly number[]) {
  return ['p2p', 'unicast', 'aria2'].flatMap((transport) =>
    [1, 5].flatMap((machines) =>
      seeds.map((randomSeed) => ({
        run: aRun({ transport: transport as 'p2p', machines, randomSeed }),
      })),
    ),
  );
}

const wordsOf = (runs: ReturnType<typeof someRuns>) =>
  runs.map(({ run }) => `${run.transport} ${run.machines}`);

describe('the order of runs in real time', () => {
  it('is round by round, every cell once in each', () => {
    const ordered = inRounds(someRuns([1, 2, 3]));
    expect(ordered.map(({ run }) => run.randomSeed)).toEqual(
      [1, 2, 3].flatMap((seed) => Array(6).fill(seed)),
    );
    const rounds = [0, 6, 12].map((start) => wordsOf(ordered.slice(start, start + 6)));
    for (const round of rounds) expect(round.toSorted()).toEqual(wordsOf(someRuns([1])).toSorted());
  });

  it('is random in each round, and the same whenever it is asked for', () => {
    const ordered = inRounds(someRuns([1, 2, 3]));
    const rounds = [0, 6, 12].map((start) => wordsOf(ordered.slice(start, start + 6)).join());
    expect(new Set([...rounds, wordsOf(someRuns([1])).join()]).size).toBe(4);
    expect(wordsOf(inRounds(someRuns([1, 2, 3])))).toEqual(wordsOf(ordered));
  });

  it('stays as it is where nothing is repeated', () => {
    expect(inRounds(someRuns([7]))).toEqual(someRuns([7]));
  });
});
