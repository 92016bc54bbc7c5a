import { type AskedScenario, answersTo, lastAsked } from '../record/asked-scenario.ts';
import type { RunRecord } from '../record/run-record.ts';
import { isSpoiled } from './busy-computer.ts';
import { hasSameMaker } from './same-maker.ts';

type RunName = Pick<RunRecord, 'source' | 'transport' | 'variant' | 'machines' | 'randomSeed'> &
  Partial<Pick<RunRecord, 'citation'>>;

/** The records that one report is made from, and how many it is not made from. */
export interface RecordSelection {
  /** Those of the plain scenario first, then those of its variants in their order; each in file order. */
  readonly records: readonly RunRecord[];
  /** Left out because they answer settings, variants or published cells that the scenario does not have any more. */
  readonly otherSettings: number;
  /** Left out because the same run was made again later in the file. */
  readonly superseded: number;
  /** What could not be run, and why. */
  readonly notRun?: readonly string[];
}

/**
 * Takes the records that answer a scenario as it was last asked; of a run that was made twice, the later one, unless
 * others kept the computer busy during that one only: of the same code on the same computer, an undisturbed run counts.
 * @param asked where it is not known, or nothing answers it yet, the last records tell what was asked before
 */
export function selectRecords(records: readonly RunRecord[], asked?: AskedScenario): RecordSelection {
  const answered = asked && answersTo(asked, records).length > 0 ? asked : lastAsked(records);
  const counting = answersTo(answered, records);
  const best = new Map<string, RunRecord>();
  for (const record of counting) {
    const earlier = best.get(runKey(record));
    const isWorse = earlier && isSpoiled(record) && !isSpoiled(earlier) && hasSameMaker(earlier, record);
    if (!isWorse) best.set(runKey(record), record);
  }
  const kept = counting.filter((record) => best.get(runKey(record)) === record);
  return {
    records: inVariantOrder(kept, answered),
    otherSettings: records.length - counting.length,
    superseded: counting.length - kept.length,
    ...(answered.notRun && { notRun: answered.notRun }),
  };
}

function inVariantOrder(records: readonly RunRecord[], { variants }: AskedScenario): RunRecord[] {
  const order = ['', ...Object.keys(variants)];
  return records.toSorted((a, b) => order.indexOf(a.variant) - order.indexOf(b.variant));
}

/** The same for runs that only one of should count. */
export function runKey({
  source,
  transport,
  variant,
  machines,
  randomSeed,
  citation = null,
}: RunName): string {
  return JSON.stringify([source, transport, variant, machines, randomSeed, citation]);
}
