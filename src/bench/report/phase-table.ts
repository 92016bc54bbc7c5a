import type { CellDetail } from '../metrics/cell.ts';
import { meanPhaseTimes, type PhaseOrWaiting } from '../metrics/phase-times.ts';
import { SOURCE_WORDS, TRANSPORT_WORDS, variantWords } from '../metrics/plain-words.ts';
import { readableTime } from '../metrics/readable-units.ts';
import { PHASES } from '../record/run-record.ts';
import { numberColumn, type Table, textColumn, withoutEmptyColumns } from './report-document.ts';

const ORDER: readonly PhaseOrWaiting[] = [...PHASES, 'waiting'];

const COLUMNS = [
  textColumn('Variant'),
  textColumn('Transport'),
  numberColumn('Machines'),
  textColumn('Executor'),
  ...ORDER.map(numberColumn),
];

/** Mean time per phase and machine of every cell that has phases. */
export function phaseTable(details: readonly CellDetail[]): Table {
  const withPhases = details.filter(({ runs }) => meanPhaseTimes(runs).size > 0);
  const hasVariants = withPhases.some(({ cell }) => cell.variant !== '');
  const rows = withPhases.map(({ cell, runs }) => {
    const times = meanPhaseTimes(runs);
    return [
      hasVariants ? variantWords(cell.variant) : '',
      TRANSPORT_WORDS[cell.transport],
      String(cell.machines),
      SOURCE_WORDS[cell.executor],
      ...ORDER.map((phase) => timeWords(times.get(phase))),
    ];
  });
  return withoutEmptyColumns({ columns: COLUMNS, rows });
}

function timeWords(seconds: number | undefined): string {
  return seconds === undefined ? '' : readableTime(seconds);
}
