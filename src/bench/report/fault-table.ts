import { type Cell, type CellDetail, isMeasured } from '../metrics/cell.ts';
import {
  counted,
  listed,
  SOURCE_WORDS,
  TRANSPORT_WORDS,
  untimedWords,
  variantWords,
} from '../metrics/plain-words.ts';
import { readableTime } from '../metrics/readable-units.ts';
import { isPlainObject } from '../record/plain-object.ts';
import { shapingSettings } from '../record/shaping-settings.ts';
import { longColumn, numberColumn, type Table, textColumn, withoutEmptyColumns } from './report-document.ts';

/** Sentences of failed machines that a cell of the table shows at most. */
const MOST_REASONS = 2;

const LATER = 'Later';
const LATER_NOTE = `${LATER} is the makespan of the machines that finished, compared with the same runs without the fault.`;

/** Who finished although something went wrong, and how much later; empty where nothing did. */
export function faultTable(details: readonly CellDetail[]): Table {
  const rows = details.filter(hasFaults).map((detail) => rowOf(detail, details));
  return withoutEmptyColumns({
    columns: [
      textColumn('Variant'),
      textColumn('Transport'),
      numberColumn('Machines'),
      textColumn('Executor'),
      textColumn('Finished'),
      numberColumn('Makespan'),
      numberColumn(LATER),
      longColumn('What the others said'),
    ],
    rows,
  });
}

/** What is to be said below the table; nothing of a column that is not there. */
export function faultNotes({ columns }: Table): string[] {
  return columns.some(({ heading }) => heading === LATER) ? [LATER_NOTE] : [];
}

/** In how many variants with faults all machines finished, by transport: as measured, or simulated where nobody measured. */
export function faultSentences(details: readonly CellDetail[]): string[] {
  const faulty = details.filter(hasFaults);
  const measured = faulty.filter(({ cell }) => isMeasured(cell.executor));
  const told = (measured.length > 0 ? measured : faulty).map(({ cell }) => cell);
  if (told.length === 0) return [];
  const shares = [...Map.groupBy(told, ({ transport }) => transport)].map(([transport, own]) => {
    const complete = own.filter((cell) => cell.failedMachines === 0 && cell.makespanS !== null);
    return `${complete.length} of ${counted(own.length, 'case')} by ${TRANSPORT_WORDS[transport]}`;
  });
  const how = [...new Set(told.map(({ executor }) => SOURCE_WORDS[executor]))];
  return [
    `Where something goes wrong, every machine finished in ${listed(shares)} (${listed(how)}); one that the fault itself ends for good counts as one that did not.`,
  ];
}

function hasFaults({ runs, cell }: CellDetail): boolean {
  if (cell.executor !== 'sim' && !isMeasured(cell.executor)) return false;
  const { faults } = (runs[0]!.scenario.settings ?? {}) as { readonly faults?: unknown };
  return Array.isArray(faults) && faults.length > 0;
}

function rowOf(detail: CellDetail, details: readonly CellDetail[]): string[] {
  const { cell, runs } = detail;
  const { variant, transport, machines, executor, makespanS, failedMachines } = cell;
  const reasons = new Set(runs.flatMap(({ fleet }) => fleet.flatMap(({ failure }) => failure ?? [])));
  return [
    variantWords(variant),
    TRANSPORT_WORDS[transport],
    String(machines),
    SOURCE_WORDS[executor],
    `${machines - failedMachines} of ${machines}`,
    makespanS === null ? untimedWords(cell) : readableTime(makespanS.median),
    laterWords(cell, soundTwin(detail, details)),
    [...reasons].slice(0, MOST_REASONS).join('; '),
  ];
}

/** The same runs without the fault, of whatever variant: nothing but the faults is different in their settings. */
function soundTwin(faulty: CellDetail, details: readonly CellDetail[]): Cell | undefined {
  const { executor, transport, machines } = faulty.cell;
  const settings = settingsWithoutFaults(faulty);
  return details.find(
    (other) =>
      other.cell.executor === executor &&
      other.cell.transport === transport &&
      other.cell.machines === machines &&
      !hasFaults(other) &&
      settingsWithoutFaults(other) === settings,
  )?.cell;
}

function settingsWithoutFaults({ runs }: CellDetail): string {
  const { settings } = runs[0]!.scenario;
  return shapingSettings(isPlainObject(settings) ? { ...settings, faults: undefined } : settings);
}

function laterWords({ makespanS }: Cell, plain: Cell | undefined): string {
  if (!makespanS || !plain?.makespanS) return '';
  const laterS = makespanS.median - plain.makespanS.median;
  return laterS < 0 ? `−${readableTime(-laterS)}` : `+${readableTime(laterS)}`;
}
