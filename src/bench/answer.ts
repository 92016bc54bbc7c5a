import type { Executor, RunWatch } from './executors/executor.ts';
import { type Assignment, planRuns } from './plan.ts';
import { readHost, readVersions } from './record/host-reader.ts';
import type { RecordStore } from './record/record-store.ts';
import type { RunRecord, Transport } from './record/run-record.ts';
import { publishedRecords, recordOf } from './record-of.ts';
import type { LoadedScenario } from './scenario/scenario-loader.ts';

/** Hears how far the answer to a scenario is. */
export interface AnswerWatch extends RunWatch {
  /** `index` counts from 0. */
  runStarted(assignment: Assignment, index: number, all: readonly Assignment[]): void;
  runEnded(assignment: Assignment, record: RunRecord): void;
  /** It is not made, because an earlier repeat was not finished in time. */
  runLeftOut(assignment: Assignment, index: number, all: readonly Assignment[]): void;
}

/** A question: a scenario, who answers it, and where the records go. */
export interface Question {
  readonly scenario: LoadedScenario;
  readonly executors: readonly Executor[];
  /** Transports to keep; undefined for all of the scenario's. */
  readonly transports: readonly Transport[] | undefined;
  readonly store: RecordStore;
}

/**
 * Makes all runs of a scenario, one after the other, and appends a record after each. A run that was not finished when
 * its time was up is not repeated.
 * @returns the records of this call
 * @throws ConfigError before the first run where the question makes no sense; whatever a run rejects with, after
 * everything was closed: the records so far are kept
 */
export async function answer(question: Question, watch: AnswerWatch): Promise<RunRecord[]> {
  const { scenario, executors, store } = question;
  const assignments = planRuns(scenario, executors, question.transports);
  const context = {
    scenario,
    host: readHost(),
    versions: readVersions(),
    now: () => new Date().toISOString(),
  };
  const records: RunRecord[] = [];
  const keep = async (record: RunRecord): Promise<RunRecord> => {
    await store.append(record);
    records.push(record);
    return record;
  };
  try {
    for (const record of publishedRecords(context)) await keep(record);
    for (const [index, assignment] of assignments.entries()) {
      if (records.some((record) => isUnfinishedRepeat(record, assignment))) {
        watch.runLeftOut(assignment, index, assignments);
        continue;
      }
      watch.runStarted(assignment, index, assignments);
      const outcome = await assignment.executor.run(assignment.run, watch);
      watch.runEnded(assignment, await keep(recordOf(assignment, outcome, context)));
    }
  } finally {
    await Promise.all(executors.map((executor) => executor.close?.()));
  }
  return records;
}

/** Another repeat would take as long and tell no more. */
function isUnfinishedRepeat(record: RunRecord, { run }: Assignment): boolean {
  return (
    record.unfinishedAfterS !== undefined &&
    record.source === run.source &&
    record.transport === run.transport &&
    record.variant === run.variant &&
    record.machines === run.machines
  );
}
