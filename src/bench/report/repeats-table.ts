import type { CellDetail } from '../metrics/cell.ts';
import { medianIntervalCoverage } from '../metrics/median-interval.ts';
import { listed, SOURCE_WORDS, TRANSPORT_WORDS, variantWords } from '../metrics/plain-words.ts';
import { readableTime, threeDigits, timeUnitFor } from '../metrics/readable-units.ts';
import { numberColumn, type Table, textColumn, withoutEmptyColumns } from './report-document.ts';

const COLUMNS = [
  textColumn('Variant'),
  textColumn('Transport'),
  numberColumn('Machines'),
  textColumn('Executor'),
  numberColumn('Runs'),
  numberColumn('Smallest'),
  numberColumn('Median'),
  numberColumn('Largest'),
  numberColumn('Bootstrap interval of the median'),
  numberColumn('Mean'),
  numberColumn('95 % interval of the mean'),
];

/** What the intervals are, with how often the bootstrap's holds the true median for the numbers of runs that there are. */
export function repeatsNote(details: readonly CellDetail[]): string {
  const counts = repeated(details).flatMap(({ cell }) =>
    cell.makespanIntervalS === null ? [] : cell.timedRuns,
  );
  const told = [...new Set(counts)]
    .sort((a, b) => a - b)
    .map((runs) => `in ${Math.round(100 * medianIntervalCoverage(runs))} of 100 cases with ${runs} runs`);
  const students = 'The interval of the mean is Student’s t.';
  return [bootstrapWords(told), students, untimedWords(details)].filter((words) => words !== '').join(' ');
}

function bootstrapWords(told: readonly string[]): string {
  if (told.length === 0) return '';
  return `The bootstrap interval is made for 95 %, but of few runs it holds the true median less often: ${listed(told)}.`;
}

function untimedWords(details: readonly CellDetail[]): string {
  if (repeated(details).every(({ cell }) => cell.timedRuns === cell.runs)) return '';
  return 'Where not all runs are counted, nobody finished in the others, which have no time.';
}

/** Spread of the makespan over the runs of every cell that was run more than once. */
export function repeatsTable(details: readonly CellDetail[]): Table {
  const rows = repeated(details);
  const hasVariants = rows.some(({ cell }) => cell.variant !== '');
  return withoutEmptyColumns({
    columns: COLUMNS,
    rows: rows.map((detail) => rowOf(detail, hasVariants)),
  });
}

function repeated(details: readonly CellDetail[]): CellDetail[] {
  return details.filter(
    ({ cell }) => cell.runs > 1 && cell.makespanS !== null && cell.executor !== 'published',
  );
}

function rowOf({ cell, makespanMean }: CellDetail, hasVariants: boolean): string[] {
  const { min, median, max } = cell.makespanS!;
  const unit = timeUnitFor(median);
  const words = (interval: { low: number; high: number } | null): string =>
    interval === null
      ? ''
      : `${threeDigits(interval.low / unit.seconds)} to ${readableTime(interval.high, unit)}`;
  return [
    hasVariants ? variantWords(cell.variant) : '',
    TRANSPORT_WORDS[cell.transport],
    String(cell.machines),
    SOURCE_WORDS[cell.executor],
    cell.timedRuns < cell.runs ? `${cell.timedRuns} of ${cell.runs}` : String(cell.runs),
    ...[min, median, max].map((seconds) => readableTime(seconds, unit)),
    words(cell.makespanIntervalS),
    makespanMean === null ? '' : readableTime(makespanMean.mean, unit),
    words(makespanMean),
  ];
}
