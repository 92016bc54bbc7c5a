import { isMeasured, SOURCES } from '../metrics/cell.ts';
import { counted, listed, SOURCE_WORDS, TRANSPORT_WORDS, variantWords } from '../metrics/plain-words.ts';
import { readableBytes } from '../metrics/readable-units.ts';
import { type HostFingerprint, type RunRecord, TRANSPORTS } from '../record/run-record.ts';
import { longColumn, type Table, textColumn } from './report-document.ts';

/** Where and with what the records were made. */
export function setupTable(records: readonly RunRecord[]): Table {
  const { scenario } = records.at(-1)!;
  const transports = TRANSPORTS.filter((one) => records.some((record) => record.transport === one));
  const rows = [
    ['Scenario', scenario.name],
    ['Scenario digest', scenario.digest],
    ['To each machine', imageWords(records)],
    ['Machines', countWords(records)],
    ['Transports', listed(transports.map((transport) => TRANSPORT_WORDS[transport]))],
    ['Variants', variantsWords(records)],
    ['Runs', runWords(records)],
    ['Random seeds', seedWords(records) ?? 'none drawn'],
    ['Computer', distinct(records.map(computerWords)).join('; ')],
    ['Versions', versionWords(records)],
    ['Trace digests', digestWords(records)],
    ['Published in', distinct(records.flatMap((record) => record.citation ?? [])).join('; ')],
  ];
  return {
    columns: [textColumn('What'), longColumn('Value')],
    rows: rows.filter(([, value]) => value !== ''),
  };
}

function variantsWords(records: readonly RunRecord[]): string {
  const variants = distinct(records.map((record) => record.variant));
  return variants.some((variant) => variant !== '') ? listed(variants.map(variantWords)) : '';
}

/** The setup in one sentence, to stand below every chart. */
export function setupSentence(records: readonly RunRecord[]): string {
  const parts = [
    `${imageWords(records)} to each machine`,
    ...simulatedWords(records.filter((record) => record.source === 'sim')),
    ...measuredWords(records.filter((record) => isMeasured(record.source))),
  ];
  return `Setup: ${parts.join('; ')}.`;
}

function simulatedWords(records: readonly RunRecord[]): string[] {
  const seeds = seedWords(records);
  if (seeds === null) return records.length === 0 ? [] : ['simulated'];
  return [`simulated with random ${seeds.includes(',') ? 'seeds' : 'seed'} ${seeds}`];
}

function measuredWords(records: readonly RunRecord[]): string[] {
  if (records.length === 0) return [];
  const cells = Map.groupBy(records, ({ source, variant, transport, machines }) =>
    JSON.stringify([source, variant, transport, machines]),
  );
  const repeats = [...cells.values()].map((runs) => runs.length);
  const [fewest, most] = [Math.min(...repeats), Math.max(...repeats)];
  const runs = fewest === most ? counted(most, 'run') : `${fewest} to ${counted(most, 'run')}`;
  return [`measured with ${runs} per cell on ${listed(distinct(records.map(computerWords)))}`];
}

/** What goes to each machine. @param records at least one */
export function imageWords(records: readonly RunRecord[]): string {
  return sizeWords(records.map((record) => record.wireBytes));
}

/** `1.50 GB`, or the range where sizes differ. @param bytes at least one */
export function sizeWords(bytes: readonly number[]): string {
  const sizes = distinct(bytes).sort((a, b) => a - b);
  const [smallest, largest] = [readableBytes(sizes[0]!), readableBytes(sizes.at(-1)!)];
  return smallest === largest ? smallest : `${smallest} to ${largest}`;
}

/** More machine counts than these are told as a range. */
const MOST_COUNTS = 6;

/** `1, 4 and 8`, or the range where there are many. */
export function countWords(records: readonly RunRecord[]): string {
  const counts = distinct(records.map((record) => record.machines)).sort((a, b) => a - b);
  return counts.length > MOST_COUNTS ? `${counts[0]} to ${counts.at(-1)}` : listed(counts.map(String));
}

function seedWords(records: readonly RunRecord[]): string | null {
  const seeds = distinct(records.flatMap((record) => record.randomSeed ?? [])).sort((a, b) => a - b);
  return seeds.length === 0 ? null : seeds.join(', ');
}

function runWords(records: readonly RunRecord[]): string {
  const counts = SOURCES.map((source) => ({
    words: SOURCE_WORDS[source],
    runs: records.filter((record) => record.source === source).length,
  }));
  return listed(counts.filter(({ runs }) => runs > 0).map(({ words, runs }) => `${runs} ${words}`));
}

/** Of real machines a record knows no more than their names; its host only asked them. */
function computerWords({ source, host }: RunRecord): string {
  return source === 'hardware' ? `real machines, asked from ${hostWords(host)}` : hostWords(host);
}

function hostWords({ cpu, cores, memoryMiB, platform }: HostFingerprint): string {
  return `${cpu} (${counted(cores, 'core')}, ${(memoryMiB / 1024).toFixed(1)} GiB, ${platform})`;
}

function versionWords(records: readonly RunRecord[]): string {
  return distinct(
    records.flatMap((record) =>
      Object.entries(record.versions).map(([name, version]) => `${name} ${version}`),
    ),
  ).join(', ');
}

/** More digests than these stand with the records alone. */
const MOST_DIGESTS = 4;

function digestWords(records: readonly RunRecord[]): string {
  const digests = distinct(records.flatMap((record) => record.traceDigest ?? []));
  if (digests.length > MOST_DIGESTS) return `${digests.length} different ones, listed with the records below`;
  return digests.join(', ');
}

function distinct<Value>(values: readonly Value[]): Value[] {
  return [...new Set(values)];
}
