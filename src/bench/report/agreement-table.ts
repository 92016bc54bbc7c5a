import type { AgreementDetail } from '../metrics/agreement.ts';
import { BUSY_MARK, MOST_BUSY_SHARE } from '../metrics/busy-computer.ts';
import { type Cell, median } from '../metrics/cell.ts';
import { counted, SOURCE_WORDS, TRANSPORT_WORDS, variantWords } from '../metrics/plain-words.ts';
import { readableTime, threeDigits, timeUnitFor, writtenShare } from '../metrics/readable-units.ts';
import { cellWords } from './cell-words.ts';
import { numberColumn, type Table, textColumn, withoutEmptyColumns } from './report-document.ts';

/** Stands at a cell in which other numbers of machines failed. */
const OUTCOME_MARK = '†';

const COLUMNS = [
  textColumn('Variant'),
  textColumn('Transport'),
  numberColumn('Machines'),
  textColumn('Executor'),
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
  const hasExecutors = new Set(details.map(({ agreement }) => agreement.executor)).size > 1;
  const rows = details.map((detail) => rowOf(detail, { hasVariants, hasExecutors }));
  return withoutEmptyColumns({ columns: COLUMNS, rows });
}

/** How well they agree, what the columns are, and what they do not tell. */
export function agreementSentence(details: readonly AgreementDetail[], uncompared: readonly Cell[]): string {
  const errors = details.map(({ agreement }) => Math.abs(agreement.error));
  const others = details.filter(({ isOtherOutcome }) => isOtherOutcome);
  const busy = details.filter(({ isBusy }) => isBusy);
  const sentences = [
    errors.length > 0
      ? `Over ${counted(errors.length, 'cell')} the simulated makespan is off by ${spreadWords(errors)}. ` +
        'Error: simulated less measured, as a share of measured.'
      : '',
    meanErrorSentence(details),
    ...givenSentences(details),
    errors.length > 0
      ? 'Distance of the curves: the mean time between the moments at which the same share of the machines is done, as ' +
        'a share of the measured makespan.'
      : '',
    others.length > 0
      ? `${OUTCOME_MARK} Not as many machines failed in both (${counted(others.length, 'cell')}): these are the times of those that did not.`
      : '',
    busy.length > 0
      ? `${BUSY_MARK} In ${counted(busy.length, 'cell')}, which count like the others, more than ` +
        `${writtenShare(MOST_BUSY_SHARE)} of the computer’s processors were in use in at least one measured run.`
      : '',
    uncompared.length > 0
      ? 'Not compared, since in one of the two nobody finished, or not in time, or a part of the image was on the disks ' +
        `before: ${cellWords(uncompared)}.`
      : '',
  ];
  return sentences.filter((sentence) => sentence !== '').join(' ');
}

/** What the simulator knew of the lab. A probe tells what one machine takes, so cells with more are the harder test. */
function givenSentences(details: readonly AgreementDetail[]): string[] {
  if (details.length === 0) return [];
  if (!details.some(({ isProbed }) => isProbed)) return ['The simulator was given the scenario alone.'];
  return [
    'Beside the scenario the simulator was given what a probe had measured in the lab, in runs of its own: phases, start-up and read-back of one machine alone, and processor time.',
    severalSentence(details),
  ];
}

function severalSentence(details: readonly AgreementDetail[]): string {
  const several = details.filter(({ agreement }) => agreement.machines > 1);
  if (several.length === 0) return 'None of these cells has more than one machine.';
  if (several.length === details.length) return 'All of these cells have more than one machine.';
  const errors = several.map(({ agreement }) => Math.abs(agreement.error));
  const meanErrors = several.flatMap(({ meanError }) => (meanError === null ? [] : Math.abs(meanError)));
  const means = meanErrors.length === 0 ? '' : `, and the mean latency by ${spreadWords(meanErrors)}`;
  return `Over ${counted(several.length, 'cell')} with more than one machine the makespan is off by ${spreadWords(errors)}${means}.`;
}

/** A makespan can be right where the mean is not: of streams that share a link one may end long before another. */
function meanErrorSentence(details: readonly AgreementDetail[]): string {
  const known = details.filter(({ meanError }) => meanError !== null);
  const errors = known.map(({ meanError }) => Math.abs(meanError!));
  if (errors.length === 0) return '';
  const worst = Math.max(...errors);
  const { transport, variant, machines } = known[errors.indexOf(worst)]!.agreement;
  const where = variant === '' ? '' : `, ${variantWords(variant)}`;
  return `The simulated mean latency of the machines is off by ${spreadWords(errors)} (${TRANSPORT_WORDS[transport]} with ${counted(machines, 'machine')}${where}).`;
}

function rowOf(
  { agreement, ...detail }: AgreementDetail,
  { hasVariants, hasExecutors }: { hasVariants: boolean; hasExecutors: boolean },
): string[] {
  const { variant, transport, machines, executor, measuredS, simulatedS, error } = agreement;
  const unit = timeUnitFor(measuredS);
  return [
    hasVariants ? variantWords(variant) : '',
    TRANSPORT_WORDS[transport],
    String(machines),
    hasExecutors ? SOURCE_WORDS[executor] : '',
    readableTime(measuredS, unit) + (detail.isBusy ? ` ${BUSY_MARK}` : ''),
    readableTime(simulatedS, unit),
    detail.isOtherOutcome ? `${signed(error)} ${OUTCOME_MARK}` : signed(error),
    detail.meanError === null ? '' : signed(detail.meanError),
    detail.measuredCopies === null ? '' : threeDigits(detail.measuredCopies),
    detail.simulatedCopies === null ? '' : threeDigits(detail.simulatedCopies),
    detail.curveDistance === null ? '' : percent(detail.curveDistance),
  ];
}

/** @param shares without signs, one at least */
function spreadWords(shares: readonly number[]): string {
  return `${percent(median(shares)!)} in the median and ${percent(Math.max(...shares))} at most`;
}

function signed(share: number): string {
  return `${share < 0 ? '−' : '+'}${percent(Math.abs(share))}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
