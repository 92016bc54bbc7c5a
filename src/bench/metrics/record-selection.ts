import type { RunRecord } from '../record/run-record.ts';
import { shapingSettings } from '../record/shaping-settings.ts';
import { isSpoiled } from './busy-computer.ts';

type RunName = Pick<RunRecord, 'source' | 'transport' | 'variant' | 'machines' | 'randomSeed'>;

/** The records that one report is made from, and how many it is not made from. */
export interface RecordSelection {
  /** In file order. */
  readonly records: readonly RunRecord[];
  /** Left out because their scenario settings differ from those of the last record. */
  readonly otherDigests: number;
  /** Left out because the same run was made again later in the file. */
  readonly superseded: number;
}

/**
 * Takes the records of the last record's scenario digest, and of each variant those with the settings of its last record;
 * of a run that was made twice, the later one, unless others kept the computer busy during that one only.
 */
export function selectRecords(records: readonly RunRecord[]): RecordSelection {
  const digest = records.at(-1)?.scenario.digest;
  const ofScenario = records.filter((record) => record.scenario.digest === digest);
  const shapes = new Map(
    ofScenario.filter(isRun).map(({ variant, scenario }) => [variant, shapingSettings(scenario.settings)]),
  );
  const sameDigest = ofScenario.filter(
    (record) => !isRun(record) || shapingSettings(record.scenario.settings) === shapes.get(record.variant),
  );
  const best = new Map<string, RunRecord>();
  for (const record of sameDigest) {
    const earlier = best.get(runKey(record));
    if (!earlier || isSpoiled(earlier) || !isSpoiled(record)) best.set(runKey(record), record);
  }
  const kept = sameDigest.filter((record) => best.get(runKey(record)) === record);
  return {
    records: kept,
    otherDigests: records.length - sameDigest.length,
    superseded: sameDigest.length - kept.length,
  };
}

/** Published cells stand beside the runs, and have no settings. */
function isRun({ source }: RunRecord): boolean {
  return source !== 'published';
}

/** The same for runs that only one of should count. */
export function runKey({ source, transport, variant, machines, randomSeed }: RunName): string {
  return JSON.stringify([source, transport, variant, machines, randomSeed]);
}
