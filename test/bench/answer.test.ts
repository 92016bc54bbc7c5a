import { describe, expect, it } from 'vitest';
import { type AnswerWatch, answer } from '../../src/bench/answer.ts';
import type { Executor, PlannedRun, RunOutcome } from '../../src/bench/executors/executor.ts';
import { RecordStore } from '../../src/bench/record/record-store.ts';
import { loadScenario } from '../../src/bench/scenario/scenario-loader.ts';
import { aFolder } from '../engine/an-image.ts';
import { aWatch } from './executors/a-run.ts';
import { aScenarioFile, PLAIN_SCENARIO } from './scenario/a-scenario.ts';

const OUTCOME: RunOutcome = {
  formula: null,
  fleet: [],
  barrierS: 0,
  serverUploadedBytes: 0,
  traceDigest: null,
  limitations: [],
};

/** A lab in which unicast to four machines never finishes in time. */
function aSlowLab() {
  const made: string[] = [];
  const lab: Executor = {
    name: 'netns',
    transports: ['p2p', 'unicast'],
    isSeeded: true,
    hasWholePieces: false,
    unsupported: () => [],
    run({ transport, machines, randomSeed }: PlannedRun) {
      made.push(`${transport} ${machines} ${randomSeed}`);
      const isSlow = transport === 'unicast' && machines === 4;
      return Promise.resolve(isSlow ? { ...OUTCOME, unfinishedAfterS: 8 } : OUTCOME);
    },
  };
  return { lab, made };
}

async function answerOf(executor: Executor, watch: Partial<AnswerWatch> = {}) {
  const scenario = await loadScenario(await aScenarioFile(PLAIN_SCENARIO), { seeds: [1, 2, 3] });
  const store = new RecordStore(await aFolder());
  const quiet = { ...aWatch(), runStarted() {}, runEnded() {}, runLeftOut() {} };
  return await answer(
    { scenario, executors: [executor], transports: undefined, store },
    { ...quiet, ...watch },
  );
}

describe('the answer to a scenario', () => {
  it('does not repeat a run that was not finished in time, and all others', async () => {
    const { lab, made } = aSlowLab();
    const leftOut: (number | null)[] = [];
    const records = await answerOf(lab, { runLeftOut: ({ run }) => leftOut.push(run.randomSeed) });
    expect(made.filter((run) => run.startsWith('unicast 4'))).toEqual(['unicast 4 1']);
    expect(made).toHaveLength(10);
    expect(leftOut).toEqual([2, 3]);
    expect(records.map(({ unfinishedAfterS }) => unfinishedAfterS).filter(Boolean)).toEqual([8]);
  });
});
