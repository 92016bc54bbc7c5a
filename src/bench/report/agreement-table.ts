import type { AgreementDetail } from '../metrics/agreement.ts';
import { median } from '../metrics/cell.ts';
import { counted, TRANSPORT_WORDS, variantWords } from '../metrics/plain-words.ts';
import { readableTime, threeDigits, timeUnitFor } from '../metrics/readable-units.ts';
import { numberColumn, type Table, textColumn, withoutEmptyColumns } from './report-document.ts';

const COLUMNS = [
  textColumn('Variant'),
  textColumn('Transport'),
  numberColumn('Machines'),
  numberColumn('Measured'),
  numberColumn('Simulated'),
  numberColumn('Error'),
  numberColumn('Error of the mean'),
  numberColumn('Server copies, measured'),
  numberColumn('Server copies, simulated'),
  numberColumn('Distance of the curves'),
];

/** Every cell that was measured and simulated. */
export function agreementTable(details: readonly AgreementDetail[]): Table {
  const hasVariants = details.some(({ agreement }) => agreement.variant !== '');
  return withoutEmptyColumns({ columns: COLUMNS, rows: details.map((detail) => rowOf(detail, hasVariants)) });
}

/** How well they agree, and what the columns are. */
export function agreementSentence(details: readonly AgreementDetail[]): string {
  const errors = details.map(({ agreement }) => Math.abs(agreement.error));
  return (
    `Over ${counted(details.length, 'cell')} the simulated makespan is off by ${percent(median(errors)!)} in the ` +
    `median and ${percent(Math.max(...errors))} at most. Error: simulated less measured, as a share of measured; no ` +
    'setting of the simulator was fitted to these cells. Distance of the curves: the mean time between the moments at ' +
    'which the same share of the machines is done, as a share of the measured makespan.'
  );
}

function rowOf({ agreement, ...detail }: AgreementDetail, hasVariants: boolean): string[] {
  const { variant, transport, machines, measuredS, simulatedS, error } = agreement;
  const unit = timeUnitFor(measuredS);
  return [
    hasVariants ? variantWords(variant) : '',
    TRANSPORT_WORDS[transport],
    String(machines),
    readableTime(measuredS, unit),
    readableTime(simulatedS, unit),
    signed(error),
    detail.meanError === null ? '' : signed(detail.meanError),
    detail.measuredCopies === null ? '' : threeDigits(detail.measuredCopies),
    detail.simulatedCopies === null ? '' : threeDigits(detail.simulatedCopies),
    detail.curveDistance === null ? '' : percent(detail.curveDistance),
  ];
}

function signed(share: number): string {
  return `${share < 0 ? '−' : '+'}${percent(Math.abs(share))}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
