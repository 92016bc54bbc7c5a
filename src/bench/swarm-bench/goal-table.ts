import { BUSY_MARK, isBusy } from '../metrics/busy-computer.ts';
import { numberColumn, type Table, textColumn } from '../report/report-document.ts';
import type { Figure } from './figure.ts';
import { type Goal, type GoalRow, verdictOf } from './goal.ts';

const COLUMNS = [
  textColumn('Case'),
  textColumn('What'),
  numberColumn('Goal'),
  numberColumn('Figure'),
  textColumn('Result'),
  numberColumn('Runs'),
  numberColumn('Processors in use'),
];

/** The rows of all cases, one below the other. */
export function goalTable(cases: readonly { name: string; rows: readonly GoalRow[] }[]): Table {
  return {
    columns: COLUMNS,
    rows: cases.flatMap(({ name, rows }) =>
      rows.map((row, index) => [
        index === 0 ? name : '',
        row.what,
        goalWords(row.goal),
        figureWords(row.figure),
        verdictOf(row),
        String(row.runs),
        busyWords(row.busyShare),
      ]),
    ),
  };
}

function goalWords(goal: Goal): string {
  return 'atMost' in goal ? `at most ${goal.atMost}` : `at least ${goal.atLeast}`;
}

function figureWords(figure: Figure): string {
  switch (figure.kind) {
    case 'missing':
      return '';
    case 'unfinished':
      return 'not finished';
    case 'known':
      return `${figure.isAtLeast ? '> ' : ''}${figure.value.toPrecision(4)}`;
  }
}

function busyWords(busyShare: number | null): string {
  if (busyShare === null) return '';
  const percent = `${Math.round(busyShare * 100)} %`;
  return isBusy(busyShare) ? `${percent} ${BUSY_MARK}` : percent;
}
