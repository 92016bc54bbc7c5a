import { type AskedScenario, answersTo, lastAsked } from '../record/asked-scenario.ts';
import type { RunRecord } from '../record/run-record.ts';
import { isSpoiled } from './busy-computer.ts';

type RunName = Pick<RunRecord, 'source' | 'transport' | 'variant' | 'machines' | 'randomSeed'>;

/** The records that one report is made from, and how many it is not made from. */
export interface RecordSelection {
  /** In file order. */
  readonly records: readonly RunRecord[];
  /** Left out because they answer settings, variants or published cells that the scenario does not have any more. */
  readonly otherSettings: number;
  /** Left out because the same run was made again later in the file. */
  readonly superseded: number;
}

/**
 * Takes the records that answer a scenario as it was last asked; of a run that was made twice, the later one, unless
 * others kept the computer busy during that one only.
 * @param asked where it is not known, or nothing answers it yet, the last records tell what was asked before
 */
export function selectRecords(records: readonly RunRecord[], asked?: AskedScenario): RecordSelection {
  const answers = asked ? answersTo(asked, records) : [];
  const counting = answers.length > 0 ? answers : answersTo(lastAsked(records), records);
  const best = new Map<string, RunRecord>();
  for (const record of counting) {
    const earlier = best.get(runKey(record));
    if (!earlier || isSpoiled(earlier) || !isSpoiled(record)) best.set(runKey(record), record);
  }
  const kept = counting.filter((record) => best.get(runKey(record)) === record);
  return {
    records: kept,
    otherSettings: records.length - counting.length,
    superseded: counting.length - kept.length,
  };
}

/** The same for runs that only one of should count. */
export function runKey({ source, transport, variant, machines, randomSeed }: RunName): string {
  return JSON.stringify([source, transport, variant, machines, randomSeed]);
}
