import type { RecordSource, RunRecord } from './run-record.ts';
import { canonicalJson, shapingSettings } from './shaping-settings.ts';

/** A scenario as it stood when a folder of records was last asked it: its report shows what answers this. */
export interface AskedScenario {
  readonly digest: string;
  /** Settings of each variant by its name, as people wrote them. */
  readonly variants: Readonly<Record<string, unknown>>;
  /** Settings of each published cell, as its record holds them. */
  readonly published: readonly unknown[];
  /** What the runs of each source rest on, empty for nothing; those of a source that is not here answer with any. */
  readonly bases: Readonly<Partial<Record<RecordSource, string>>>;
  /** What could not be run on the computer, one sentence each; left out where all could. */
  readonly notRun?: readonly string[];
}

/** The records of runs that the scenario asks for with the settings it has, and those of its published cells. */
export function answersTo(asked: AskedScenario, records: readonly RunRecord[]): RunRecord[] {
  const shapes = new Map(
    Object.entries(asked.variants).map(([variant, settings]) => [variant, shapingSettings(settings)]),
  );
  const cells = new Set(asked.published.map(canonicalJson));
  return records.filter(({ source, variant, basis = '', scenario: { digest, settings } }) => {
    if (digest !== asked.digest || basis !== (asked.bases[source] ?? basis)) return false;
    return source === 'published'
      ? cells.has(canonicalJson(settings))
      : shapes.get(variant) === shapingSettings(settings);
  });
}

/** What was asked last by the records themselves: nothing of the last record's scenario is known to be taken out. */
export function lastAsked(records: readonly RunRecord[]): AskedScenario {
  const digest = records.at(-1)?.scenario.digest ?? '';
  const ofScenario = records.filter(({ scenario }) => scenario.digest === digest);
  const [published, runs] = [
    ofScenario.filter(({ source }) => source === 'published'),
    ofScenario.filter(({ source }) => source !== 'published'),
  ];
  return {
    digest,
    variants: Object.fromEntries(runs.map(({ variant, scenario }) => [variant, scenario.settings])),
    published: published.map(({ scenario }) => scenario.settings),
    bases: Object.fromEntries(runs.map(({ source, basis = '' }) => [source, basis])),
  };
}
