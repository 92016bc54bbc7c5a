import { isMeasured } from '../metrics/cell.ts';
import { counted, listed, SOURCE_WORDS } from '../metrics/plain-words.ts';
import type { RecordSource, RunRecord } from '../record/run-record.ts';

/** Whose settings are told before those of others. A publication has none: its record holds its cell. */
const KINDS: readonly ((source: RecordSource) => boolean)[] = [
  isMeasured,
  (source) => source === 'sim',
  (source) => source === 'theory' || source === 'fluid',
];

/**
 * The record whose scenario stands for all: the newest one that was measured, or else simulated, or else calculated,
 * wherever it stands in the file, since a report is about what was measured. Undefined of publications alone.
 */
export function tellingRecord(records: readonly RunRecord[]): RunRecord | undefined {
  const byKind = KINDS.map((isOfKind) => records.filter(({ source }) => isOfKind(source)));
  return byKind.find((same) => same.length > 0)?.reduce(newer);
}

/**
 * What the scenario's author wants to be known before the result is read, as the telling record has it; behind it, what
 * other runs have in its place, which may be of an older or newer program. Null where nothing is said.
 */
export function introductionOf(records: readonly RunRecord[]): string | null {
  const described = records.filter((record) => descriptionOf(record) !== '');
  const telling = tellingRecord(described);
  if (telling === undefined) return null;
  const words = descriptionOf(telling);
  const others = Map.groupBy(
    described.filter((record) => record.formula === null && descriptionOf(record) !== words),
    descriptionOf,
  );
  if (others.size === 0) return words;
  const whose = `This is the description of what was ${SOURCE_WORDS[telling.source]}.`;
  return [words, whose, ...[...others.values()].map((same) => otherWords(same, telling))].join(' ');
}

/** @param same runs with one description */
function otherWords(same: readonly RunRecord[], telling: RunRecord): string {
  const newest = same.reduce(newer);
  const age = newest.recordedAt > telling.recordedAt ? 'newer' : 'older';
  const sources = [...new Set(same.map(({ source }) => SOURCE_WORDS[source]))];
  const known = new Set(sentencesOf(telling));
  const different = sentencesOf(newest).filter((sentence) => !known.has(sentence));
  const says = different.length === 0 ? 'lacks a part of it.' : `says instead: “${different.join(' ')}”`;
  return `That of ${counted(same.length, `${age} run`)} (${listed(sources)}) ${says}`;
}

function sentencesOf(record: RunRecord): string[] {
  return descriptionOf(record).split(/(?<=[.!?])\s+/);
}

/** Empty where the settings hold none. */
function descriptionOf({ scenario: { settings } }: RunRecord): string {
  const description = (settings as { description?: unknown } | null)?.description;
  return typeof description === 'string' ? description.trim() : '';
}

/** Of two records of the same time the one that stands later. */
function newer(one: RunRecord, other: RunRecord): RunRecord {
  return other.recordedAt >= one.recordedAt ? other : one;
}
