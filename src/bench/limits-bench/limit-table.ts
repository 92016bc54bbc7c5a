import { numberColumn, type Table, textColumn } from '../report/report-document.ts';
import { errorOf, type LimitFigure, type LimitVerdict, verdictOn } from './limit-result.ts';

const COLUMNS = [
  textColumn('Limit'),
  textColumn('Of'),
  numberColumn('MB/s'),
  numberColumn('Measured'),
  numberColumn('Error %'),
  numberColumn('Seconds'),
  textColumn('Within 3 %'),
];

const WORDS: Readonly<Record<LimitVerdict, string>> = {
  within: 'yes',
  outside: 'NO',
  notMeasured: 'not measured',
};

/** One line for each figure. */
export function limitTable(figures: readonly LimitFigure[]): Table {
  return {
    columns: COLUMNS,
    rows: figures.map((figure) => [
      figure.name,
      figure.part,
      megabytes(figure.limitBps),
      megabytes(figure.measuredBps),
      (100 * errorOf(figure)).toFixed(2),
      figure.seconds.toFixed(1),
      wordsOf(figure),
    ]),
  };
}

function wordsOf(figure: LimitFigure): string {
  const verdict = verdictOn(figure);
  if (verdict !== 'notMeasured') return WORDS[verdict];
  return `${WORDS[verdict]}: this computer carries ${megabytes(figure.capacityBps!)} MB/s without a limit`;
}

function megabytes(bps: number): string {
  return (bps / 1e6).toFixed(2);
}
