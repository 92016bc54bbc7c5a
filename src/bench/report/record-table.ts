import { SOURCE_WORDS, TRANSPORT_WORDS, untimedWords, variantWords } from '../metrics/plain-words.ts';
import { readableTime } from '../metrics/readable-units.ts';
import { outcomeNumbers } from '../metrics/run-outcome.ts';
import type { RunRecord } from '../record/run-record.ts';
import { longColumn, numberColumn, type Table, textColumn, withoutEmptyColumns } from './report-document.ts';

const COLUMNS = [
  textColumn('Recorded at'),
  textColumn('Executor'),
  textColumn('Variant'),
  textColumn('Transport'),
  numberColumn('Machines'),
  numberColumn('Random seed'),
  numberColumn('Makespan'),
  textColumn('Code'),
  longColumn('Trace digest'),
];

/** Every record that the report is made from. */
export function recordTable(records: readonly RunRecord[]): Table {
  const hasVariants = records.some((record) => record.variant !== '');
  const rows = records.map((record) => {
    const { makespanS } = outcomeNumbers(record);
    return [
      record.recordedAt,
      SOURCE_WORDS[record.source],
      hasVariants ? variantWords(record.variant) : '',
      TRANSPORT_WORDS[record.transport],
      String(record.machines),
      record.randomSeed === null ? '' : String(record.randomSeed),
      makespanS === null ? untimedWords(record) : readableTime(makespanS),
      record.versions.code ?? '',
      record.traceDigest ?? '',
    ];
  });
  return withoutEmptyColumns({ columns: COLUMNS, rows });
}
