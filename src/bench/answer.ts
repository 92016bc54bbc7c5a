import { RunFailure } from '../failure.ts';
import { clearedAway } from './executors/clear-away.ts';
import type { Executor, RunWatch } from './executors/executor.ts';
import { makersOf } from './makers.ts';
import { isSpoiled } from './metrics/busy-computer.ts';
import { runKey, selectRecords } from './metrics/record-selection.ts';
import { hasSameMaker } from './metrics/same-maker.ts';
import { type Assignment, planRuns, type Selection } from './plan.ts';
import { answersTo } from './record/asked-scenario.ts';
import { readHost, readVersions } from './record/host-reader.ts';
import type { RecordStore } from './record/record-store.ts';
import type { RunRecord } from './record/run-record.ts';
import { askedScenario, publishedRecords, recordOf, type Versions } from './record-of.ts';
import type { LoadedScenario } from './scenario/scenario-loader.ts';

/** Why a run is not made: an earlier repeat was not finished in time, or it was made before. */
export type LeftOutReason = 'unfinished' | 'recorded';

/** Hears how far the answer to a scenario is. A run to be repeated stands at the end of `all` once more. */
export interface AnswerWatch extends RunWatch {
  /** `index` counts from 0. */
  runStarted(assignment: Assignment, index: number, all: readonly Assignment[]): void;
  runEnded(assignment: Assignment, record: RunRecord): void;
  runLeftOut(assignment: Assignment, place: LeftOutPlace): void;
  /** So many records of runs that are asked for were made by others, see `hasSameMaker`: these runs are made again. */
  makerChanged?(records: number): void;
}

export interface LeftOutPlace {
  readonly index: number;
  readonly all: readonly Assignment[];
  readonly reason: LeftOutReason;
}

/** A question: a scenario, who answers it, and where the records go. */
export interface Question {
  readonly scenario: LoadedScenario;
  readonly executors: readonly Executor[];
  /** Default: all of the scenario. */
  readonly only?: Selection;
  readonly store: RecordStore;
  /** Runs with these settings whose records, made by this code, are in the store are not made again. */
  readonly isResumed?: boolean;
  /** Runs in the netns lab that others on the computer have spoiled are made once more, at the end. */
  readonly isSpoiledRepeated?: boolean;
  /** Of what makes the runs, as it is now. Default: of this program. */
  readonly versionsNow?: () => Versions;
}

/**
 * Makes all runs of a scenario, one after the other, and appends a record after each. A run that was not finished when
 * its time was up is not repeated.
 * @returns the records that count, of this call and of the one that it resumes
 * @throws ConfigError before the first run where the question makes no sense; whatever a run rejects with, and RunFailure
 * (`CODE_CHANGED`) where nobody can tell which code made it, after everything was closed: the records so far are kept
 */
export async function answer(question: Question, watch: AnswerWatch): Promise<RunRecord[]> {
  const { scenario, executors, store, versionsNow = readVersions } = question;
  const all = planRuns(scenario, executors, question.only);
  const context = {
    scenario,
    host: readHost(),
    versions: versionsNow(),
    now: () => new Date().toISOString(),
  };
  const asked = askedScenario(scenario, executors, await store.asked());
  await store.ask(asked);
  const earlier = question.isResumed === true ? answersTo(asked, await store.readIfAny()) : [];
  const askedAgain = earlier.filter(isAskedAgain(all));
  const makers = await makersOf(askedAgain.length === 0 ? [] : all, context);
  const records = askedAgain.filter((record) => {
    const maker = makers.get(runKey(record));
    return maker === undefined || hasSameMaker(record, maker);
  });
  if (records.length < askedAgain.length) watch.makerChanged?.(askedAgain.length - records.length);
  const keep = async (record: RunRecord): Promise<RunRecord> => {
    await store.append(record);
    records.push(record);
    return record;
  };
  try {
    const kept = new Set(records.map(runKey));
    for (const record of publishedRecords(context)) if (!kept.has(runKey(record))) await keep(record);
    for (let index = 0; index < all.length; index++) {
      const assignment = all[index]!;
      const reason = leftOutReason(question, records, assignment);
      if (reason !== null) {
        watch.runLeftOut(assignment, { index, all, reason });
        continue;
      }
      watch.runStarted(assignment, index, all);
      const outcome = await assignment.executor.run(assignment.run, watch);
      expectSameCode(context.versions, versionsNow());
      const record = await keep(recordOf(assignment, outcome, context));
      if (isWorthRepeating(question, recordsOf(records, assignment))) all.push(assignment);
      watch.runEnded(assignment, record);
    }
  } finally {
    await Promise.all(executors.map((executor) => clearedAway(executor.close?.(), watch)));
  }
  return [...selectRecords(records, asked).records];
}

/** Processes and threads of a run are made of the files as they are when it begins, and this process of earlier ones. */
function expectSameCode({ code: before }: Versions, { code: now }: Versions): void {
  if (before === now) return;
  throw new RunFailure(
    'CODE_CHANGED',
    `files of Swarmboot were changed during the run (its code was ${before} and is ${now}), so nobody can tell by which it was made, and it is not kept; leave src and package-lock.json as they are until the command ends, and start it again`,
  );
}

/** Runs that are asked for again, and what was published. */
function isAskedAgain(all: readonly Assignment[]): (record: RunRecord) => boolean {
  const runs = new Set(all.map(({ run }) => runKey(run)));
  return (record) => record.source === 'published' || runs.has(runKey(record));
}

/** All records of one run. */
function recordsOf(records: readonly RunRecord[], { run }: Assignment): RunRecord[] {
  return records.filter((record) => runKey(record) === runKey(run));
}

function leftOutReason(
  question: Question,
  records: readonly RunRecord[],
  assignment: Assignment,
): LeftOutReason | null {
  const made = recordsOf(records, assignment);
  if (made.length > 0 && !isWorthRepeating(question, made)) return 'recorded';
  const { records: counting } = selectRecords(records);
  return counting.some((record) => isUnfinishedRepeat(record, assignment)) ? 'unfinished' : null;
}

/** Once: if the computer is busy for hours, so be it, and the record says so. */
function isWorthRepeating({ isSpoiledRepeated }: Question, made: readonly RunRecord[]): boolean {
  const [first, second] = made;
  if (isSpoiledRepeated !== true || first?.source !== 'netns' || second) return false;
  return isSpoiled(first);
}

/** Another repeat would take as long and tell no more, unless others on the computer are to blame. */
function isUnfinishedRepeat(record: RunRecord, { run }: Assignment): boolean {
  return (
    record.unfinishedAfterS !== undefined &&
    !isSpoiled(record) &&
    record.source === run.source &&
    record.transport === run.transport &&
    record.variant === run.variant &&
    record.machines === run.machines
  );
}
