import type { CellDetail } from '../metrics/cell.ts';
import { SOURCE_WORDS, TRANSPORT_WORDS, variantWords } from '../metrics/plain-words.ts';
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

/** What the intervals are. A range of n values misses the median where all lie on one side of it: 1 / 2^(n - 1). */
export const REPEATS_TABLE_NOTE =
  'The bootstrap interval is made for 95 %, but of five runs or fewer it is their range, and that holds the true median in ' +
  '75 of 100 cases with three runs, in 88 with four and in 94 with five. The interval of the mean is Student’s t.';

/** Spread of the makespan over the runs of every cell that was run more than once. */
export function repeatsTable(details: readonly CellDetail[]): Table {
  const repeated = details.filter(({ cell }) => cell.runs > 1 && cell.makespanS !== null);
  const hasVariants = repeated.some(({ cell }) => cell.variant !== '');
  return withoutEmptyColumns({
    columns: COLUMNS,
    rows: repeated.map((detail) => rowOf(detail, hasVariants)),
  });
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
    String(cell.runs),
    ...[min, median, max].map((seconds) => readableTime(seconds, unit)),
    words(cell.makespanIntervalS),
    makespanMean === null ? '' : readableTime(makespanMean.mean, unit),
    words(makespanMean),
  ];
}
