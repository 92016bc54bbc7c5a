import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type AnswerWatch, answer, type Question } from '../../src/bench/answer.ts';
import type { Executor, PlannedRun, RunOutcome } from '../../src/bench/executors/executor.ts';
import { simExecutor } from '../../src/bench/executors/sim/sim-executor.ts';
import { selectRecords } from '../../src/bench/metrics/record-selection.ts';
import { readVersions } from '../../src/bench/record/host-reader.ts';
import { RecordStore } from '../../src/bench/record/record-store.ts';
import type { RunRecord } from '../../src/bench/record/run-record.ts';
import { loadScenario } from '../../src/bench/scenario/scenario-loader.ts';
import { aFolder } from '../engine/an-image.ts';
import { aMachine } from './a-record.ts';
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

/** A lab in which others keep the computer busy while unicast goes to one machine, the first few times. */
function aDisturbedLab(disturbances: number) {
  const made: string[] = [];
  const lab: Executor = {
    ...aSlowLab().lab,
    run({ transport, machines, randomSeed }: PlannedRun) {
      const name = `${transport} ${machines} ${randomSeed}`;
      const isDisturbed =
        name === 'unicast 1 1' && made.filter((each) => each === name).length < disturbances;
      made.push(name);
      const fleet = Array.from({ length: machines }, () => ({
        ...aMachine({ doneS: 10 }),
        cpuS: 1 / machines,
      }));
      return Promise.resolve({ ...OUTCOME, fleet, busyShare: isDisturbed ? 0.9 : 0.2, serverCpuS: 1 });
    },
  };
  return { lab, made };
}

async function aQuestion(executor: Executor) {
  const scenario = await loadScenario(await aScenarioFile(PLAIN_SCENARIO), { seeds: [1, 2, 3] });
  const store = new RecordStore(await aFolder());
  return { scenario, executors: [executor], store, isSpoiledRepeated: true };
}

/** What the report of the question's folder shows. */
async function shownOf({ store }: Question) {
  return selectRecords(await store.read(), await store.asked());
}

/** One run in one variant, and what is laid over the scenario. */
async function aResumedQuestion(executor: Executor) {
  const question = {
    ...(await aQuestion(executor)),
    only: { transports: ['p2p' as const] },
    isResumed: true,
  };
  const file = await aScenarioFile(PLAIN_SCENARIO);
  return async (changes: object): Promise<Question> => ({
    ...question,
    scenario: await loadScenario(file, { fleet: { machines: [1] }, ...changes }),
  });
}

const QUIET = { ...aWatch(), runStarted() {}, runEnded() {}, runLeftOut() {} };

async function answerOf(executor: Executor, watch: Partial<AnswerWatch> = {}) {
  return await answer(await aQuestion(executor), { ...QUIET, ...watch });
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

  it('makes a run again at the end that others on the computer have spoiled, and the better one counts', async () => {
    const { lab, made } = aDisturbedLab(1);
    const records = await answerOf(lab);
    expect(made.at(-1)).toBe('unicast 1 1');
    expect(made).toHaveLength(13);
    expect(records).toHaveLength(12);
    expect(records.every(({ busyShare }) => busyShare === 0.2)).toBe(true);
  });

  it('does so once, and says so of a run that was spoiled twice', async () => {
    const { lab, made } = aDisturbedLab(Infinity);
    const records = await answerOf(lab);
    expect(made.filter((name) => name === 'unicast 1 1')).toHaveLength(2);
    expect(records.filter(({ busyShare }) => busyShare === 0.9)).toHaveLength(1);
  });

  it('makes a run again that was not finished because others kept the computer busy, and its repeats', async () => {
    const made: string[] = [];
    const lab: Executor = {
      ...aSlowLab().lab,
      run({ transport, machines, randomSeed }: PlannedRun) {
        const isGivenUp = transport === 'unicast' && machines === 4 && randomSeed === 1 && made.length < 12;
        made.push(`${transport} ${machines} ${randomSeed}`);
        const fleet = [{ ...aMachine({ doneS: 10 }), cpuS: 1 }];
        const outcome = { ...OUTCOME, fleet, busyShare: isGivenUp ? 0.9 : 0.2, serverCpuS: 1 };
        return Promise.resolve(isGivenUp ? { ...outcome, unfinishedAfterS: 80 } : outcome);
      },
    };
    const records = await answerOf(lab);
    expect(made.filter((run) => run.startsWith('unicast 4')).toSorted()).toEqual(
      [1, 1, 2, 3].map((seed) => `unicast 4 ${seed}`),
    );
    expect(records.some(({ unfinishedAfterS }) => unfinishedAfterS !== undefined)).toBe(false);
  });

  it('makes long runs in a lab once, where the scenario says from when on they are long', async () => {
    const { lab, made } = aDisturbedLab(0);
    const question = await aQuestion(lab);
    const file = await aScenarioFile(PLAIN_SCENARIO);
    const bounds = (await answer(question, QUIET)).map(({ bounds: found }) => found!.lowerBoundS);
    const longest = Math.max(...bounds);
    made.length = 0;
    const scenario = await loadScenario(file, { seeds: [1, 2, 3], onceFrom: `${longest} s` });
    await answer({ ...question, scenario }, QUIET);
    expect(made).toHaveLength(12 - 2);
    expect(made.filter((name) => name.startsWith('unicast 4'))).toEqual(['unicast 4 1']);
  });

  it('keeps a variant to the transports and machine counts that it is for', async () => {
    const { lab, made } = aDisturbedLab(0);
    const file = await aScenarioFile(
      `${PLAIN_SCENARIO}variants: { few: { only: { transports: [unicast], upTo: 2 } } }\n`,
    );
    const question = { ...(await aQuestion(lab)), scenario: await loadScenario(file) };
    await answer({ ...question, only: { variants: ['few'] } }, QUIET);
    expect(made).toEqual(['unicast 1 1']);
    made.length = 0;
    await answer(question, QUIET);
    expect(made.toSorted()).toEqual(['p2p 1 1', 'p2p 4 1', 'unicast 1 1', 'unicast 1 1', 'unicast 4 1']);
    const scenario = await loadScenario(file, { fleet: { machines: [4] } });
    await expect(answer({ ...question, scenario, only: { variants: ['few'] } }, QUIET)).rejects.toThrow(
      'only.upTo: leaves out every number of machines',
    );
  });

  it('keeps a transport to the machine counts that it is for', async () => {
    const { lab, made } = aDisturbedLab(0);
    const file = await aScenarioFile(`${PLAIN_SCENARIO}only: { upTo: { unicast: 2 } }\n`);
    const question = { ...(await aQuestion(lab)), scenario: await loadScenario(file) };
    await answer(question, QUIET);
    expect(made.toSorted()).toEqual(['p2p 1 1', 'p2p 4 1', 'unicast 1 1']);
    const scenario = await loadScenario(file, { fleet: { machines: [4] } });
    await expect(answer({ ...question, scenario, only: { transports: ['unicast'] } }, QUIET)).rejects.toThrow(
      'only.upTo: leaves out every number of machines',
    );
  });

  it('notes when each piece came in the largest simulated run that there is, where `upTo` leaves out larger ones', async () => {
    const executor = simExecutor();
    onTestFinished(() => executor.close!());
    const file = await aScenarioFile(
      `${PLAIN_SCENARIO}variants: { few: { only: { transports: [p2p], upTo: 2 } } }\n`.replace(
        '[1, 4]',
        '[1, 2, 4]',
      ),
    );
    const question = { ...(await aQuestion(executor)), scenario: await loadScenario(file) };
    const records = await answer({ ...question, only: { variants: ['few'] } }, QUIET);
    const noted = records.filter(({ fleet }) => fleet.some(({ pieceTimesS }) => pieceTimesS));
    expect(noted.map(({ machines }) => machines)).toEqual([2]);
  });

  it('goes on after an interruption with the runs that have no record yet', async () => {
    const { lab, made } = aDisturbedLab(0);
    const question = await aQuestion(lab);
    const interrupted = new Error('interrupted');
    const runEnded = () => {
      if (made.length === 5) throw interrupted;
    };
    await expect(answer(question, { ...QUIET, runEnded })).rejects.toBe(interrupted);
    const leftOut: string[] = [];
    const records = await answer(
      { ...question, isResumed: true },
      { ...QUIET, runLeftOut: (_, { reason }) => leftOut.push(reason) },
    );
    expect(leftOut).toEqual(Array(5).fill('recorded'));
    expect(new Set(made).size).toBe(12);
    expect(made).toHaveLength(12);
    expect(records).toHaveLength(12);
  });

  it('makes all runs again where it is not told to go on, or where the settings are others', async () => {
    const { lab, made } = aDisturbedLab(0);
    const question = await aQuestion(lab);
    await answer(question, QUIET);
    await answer(question, QUIET);
    expect(made).toHaveLength(24);
    const scenario = await loadScenario(await aScenarioFile(PLAIN_SCENARIO), {
      seeds: [1, 2, 3],
      image: { pieceLength: '64 KiB' },
    });
    await answer({ ...question, scenario, isResumed: true }, QUIET);
    expect(made).toHaveLength(36);
  });

  it('makes those of a variant again that is another now, and those of a new one, and no others', async () => {
    const { lab, made } = aDisturbedLab(0);
    const withVariants = async (variants: object) =>
      loadScenario(await aScenarioFile(PLAIN_SCENARIO), { fleet: { machines: [1] }, variants });
    const question = { ...(await aQuestion(lab)), only: { transports: ['p2p' as const] }, isResumed: true };
    const [same, lossy] = [{ disk: { write: '1 GB/s' } }, { network: { loss: 0.01 } }];
    await answer({ ...question, scenario: await withVariants({ same, lossy }) }, QUIET);
    expect(made).toHaveLength(3);
    const changed = { same, lossy: { network: { loss: 0.03 } }, added: lossy };
    const records = await answer({ ...question, scenario: await withVariants(changed) }, QUIET);
    expect(made).toHaveLength(5);
    expect(records.map(({ variant }) => variant).toSorted()).toEqual(['', 'added', 'lossy', 'same']);
  });

  it('shows the first records again when settings are changed and changed back, and makes no run anew', async () => {
    const { lab, made } = aDisturbedLab(0);
    const asking = await aResumedQuestion(lab);
    const [before, after] = [await asking({}), await asking({ network: { loss: 0.01 } })];
    await answer(before, QUIET);
    await answer(after, QUIET);
    expect((await shownOf(after)).records[0]!.scenario.digest).toBe(after.scenario.digest);
    await answer(before, QUIET);
    expect(made).toHaveLength(2);
    const { records, otherSettings } = await shownOf(before);
    expect(records.map(({ scenario }) => scenario.digest)).toEqual([before.scenario.digest]);
    expect(otherSettings).toBe(1);
  });

  it('shows a variant that is taken out no more, and again when it is back; one that was not asked for stays', async () => {
    const { lab, made } = aDisturbedLab(0);
    const asking = await aResumedQuestion(lab);
    const lossy = { network: { loss: 0.01 } };
    const both = await asking({ variants: { lossy, slow: { disk: { write: '1 MB/s' } } } });
    const variantsShown = async () => (await shownOf(both)).records.map(({ variant }) => variant).toSorted();
    await answer(both, QUIET);
    await answer(await asking({ variants: { lossy } }), QUIET);
    expect(await variantsShown()).toEqual(['', 'lossy']);
    await answer({ ...both, only: { transports: ['p2p'], variants: [''] } }, QUIET);
    expect(await variantsShown()).toEqual(['', 'lossy', 'slow']);
    expect(made).toHaveLength(3);
  });

  it('makes runs again that other code made, and says how many; none of those that this code made', async () => {
    const { lab, made } = aDisturbedLab(0);
    const question = await (await aResumedQuestion(lab))({ fleet: { machines: [1, 4] } });
    await answer(question, QUIET);
    const file = join(question.store.folder, 'records.jsonl');
    const [older, ...same] = (await readFile(file, 'utf8')).split('\n');
    const { code } = JSON.parse(older!).versions;
    await writeFile(file, [older!.replace(code, 'older'), ...same].join('\n'));
    const changed: number[] = [];
    const records = await answer(question, { ...QUIET, makerChanged: (earlier) => changed.push(earlier) });
    expect(changed).toEqual([1]);
    expect(made).toHaveLength(3);
    expect(records.map(({ versions }) => versions.code)).toEqual([code, code]);
  });

  it('makes runs again that were measured with other programs, another Node or kernel', async () => {
    const { lab, made } = aDisturbedLab(0);
    const withAria2 = (aria2: string): Executor => ({
      ...lab,
      versionsFor: () => Promise.resolve({ aria2 }),
      run: async (...run) => ({ ...(await lab.run(...run)), versions: { aria2 } }),
    });
    const question = await (await aResumedQuestion(lab))({});
    const resumedWith = async (executor: Executor) => {
      await answer({ ...question, executors: [executor] }, QUIET);
      return made.length;
    };
    expect(await resumedWith(withAria2('1.36'))).toBe(1);
    expect(await resumedWith(withAria2('1.36'))).toBe(1);
    expect(await resumedWith(withAria2('1.37'))).toBe(2);
    const file = join(question.store.folder, 'records.jsonl');
    const rewrite = async (change: (record: RunRecord) => object) => {
      const last = (await question.store.read()).at(-1)!;
      await writeFile(file, `${JSON.stringify({ ...last, ...change(last) })}\n`);
    };
    await rewrite(({ versions }) => ({ versions: { ...versions, node: '1.0.0' } }));
    expect(await resumedWith(withAria2('1.37'))).toBe(3);
    await rewrite(({ host }) => ({ host: { ...host, platform: 'linux 1.0 x64' } }));
    expect(await resumedWith(withAria2('1.37'))).toBe(4);
  });

  it('goes on behind simulations that were made with another Node and kernel: they are the same', async () => {
    const { lab, made } = aDisturbedLab(0);
    const question = await (await aResumedQuestion({ ...lab, name: 'sim' }))({});
    await answer(question, QUIET);
    const [record] = await question.store.read();
    const elsewhere = {
      versions: { ...record!.versions, node: '1.0.0' },
      host: { ...record!.host, platform: 'linux 1.0 x64' },
    };
    const file = join(question.store.folder, 'records.jsonl');
    await writeFile(file, `${JSON.stringify({ ...record, ...elsewhere })}\n`);
    await answer(question, QUIET);
    expect(made).toHaveLength(1);
  });

  it('keeps what was measured where its executor cannot clear away after itself, and says what is left', async () => {
    const { lab } = aDisturbedLab(0);
    const question = await aQuestion({ ...lab, close: () => Promise.reject(new Error('the disk is busy')) });
    const asked: string[] = [];
    const records = await answer(question, { ...QUIET, personAsked: (sentence) => asked.push(sentence) });
    expect(records).toHaveLength(12);
    expect(asked).toEqual([expect.stringContaining('could be removed; look after it: the disk is busy')]);
  });

  it('keeps no run during which the code was changed, and says what to do', async () => {
    const { lab, made } = aDisturbedLab(0);
    const question = await (await aResumedQuestion(lab))({ fleet: { machines: [1, 4] } });
    const versionsNow = () => ({ swarmboot: '0.1.0', code: made.length < 2 ? 'before' : 'after' });
    const answered = answer({ ...question, versionsNow }, QUIET);
    await expect(answered).rejects.toMatchObject({
      code: 'CODE_CHANGED',
      message: expect.stringContaining('(its code was before and is after)'),
    });
    await expect(answered).rejects.toThrow('start it again');
    expect((await question.store.read()).map(({ versions }) => versions.code)).toEqual(['before']);
    expect(made).toHaveLength(2);
  });

  it('makes runs again that rest on something else, and shows none beside them', async () => {
    const { lab, made } = aDisturbedLab(0);
    const asking = await aResumedQuestion(lab);
    const onBasis = async (basis: string, machines: number[]) => {
      const question = { ...(await asking({ fleet: { machines } })), executors: [{ ...lab, basis }] };
      await answer(question, QUIET);
      return (await shownOf(question)).records.map((record) => [record.basis, record.machines]);
    };
    expect(await onBasis('a', [1, 4])).toEqual([
      ['a', 1],
      ['a', 4],
    ]);
    expect(await onBasis('b', [1])).toEqual([['b', 1]]);
    expect(made).toHaveLength(3);
    expect(await onBasis('a', [1, 4])).toHaveLength(2);
    expect(made).toHaveLength(3);
    const other = { ...(await asking({})), executors: [{ ...aSlowLab().lab, name: 'local' as const }] };
    await answer(other, QUIET);
    expect((await shownOf(other)).records.map(({ source, basis }) => [source, basis])).toEqual([
      ['netns', 'a'],
      ['netns', 'a'],
      ['local', undefined],
    ]);
  });

  it('says of our own client what version Swarmboot has', async () => {
    const versions = { swarmboot: '1', aria2: '1.36' };
    const lab: Executor = { ...aSlowLab().lab, run: () => Promise.resolve({ ...OUTCOME, versions }) };
    const [record] = await answerOf(lab);
    expect(record!.versions).toMatchObject({ swarmboot: readVersions().swarmboot, aria2: '1.36' });
    expect(record!.versions.swarmboot).not.toBe('1');
  });

  it('shows published cells as the scenario has them now: corrected, taken out, put back', async () => {
    const { lab, made } = aDisturbedLab(0);
    const asking = await aResumedQuestion(lab);
    const cell = { transport: 'unicast', machines: 1, makespan: '95 min', citation: 'room 7' };
    const shownFor = async (measured: object[]) => {
      const question = await asking({ measured });
      await answer(question, QUIET);
      const { records } = await shownOf(question);
      return records.flatMap(({ source, formula }) =>
        source === 'published' ? formula!.makespanS / 60 : [],
      );
    };
    expect(await shownFor([cell])).toEqual([95]);
    expect(await shownFor([{ ...cell, makespan: '59 min' }])).toEqual([59]);
    expect(await shownFor([])).toEqual([]);
    expect(await shownFor([cell])).toEqual([95]);
    expect(made).toHaveLength(1);
  });
});
