import { type Cell, type CellDetail, isMeasured } from '../metrics/cell.ts';
import { SOURCE_WORDS, TRANSPORT_WORDS, untimedWords, variantWords } from '../metrics/plain-words.ts';
import { readableTime } from '../metrics/readable-units.ts';
import { numberColumn, type Table, textColumn, withoutEmptyColumns } from './report-document.ts';

/** Sentences of failed machines that a cell of the table shows at most. */
const MOST_REASONS = 2;

export const FAULT_TABLE_NOTE =
  'Later is the makespan of the machines that finished, compared with the same runs without the fault.';

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
      numberColumn('Later'),
      textColumn('What the others said'),
    ],
    rows,
  });
}

function hasFaults({ runs, cell }: CellDetail): boolean {
  if (cell.executor !== 'sim' && !isMeasured(cell.executor)) return false;
  const { faults } = (runs[0]!.scenario.settings ?? {}) as { readonly faults?: unknown };
  return Array.isArray(faults) && faults.length > 0;
}

function rowOf({ cell, runs }: CellDetail, details: readonly CellDetail[]): string[] {
  const { variant, transport, machines, executor, makespanS, unfinishedAfterS, failedMachines } = cell;
  const reasons = new Set(runs.flatMap(({ fleet }) => fleet.flatMap(({ failure }) => failure ?? [])));
  return [
    variantWords(variant),
    TRANSPORT_WORDS[transport],
    String(machines),
    SOURCE_WORDS[executor],
    `${machines - failedMachines} of ${machines}`,
    makespanS === null ? untimedWords(unfinishedAfterS) : readableTime(makespanS.median),
    laterWords(cell, sound(cell, details)),
    [...reasons].slice(0, MOST_REASONS).join('; '),
  ];
}

/** The same runs without the fault: those of the plain scenario. */
function sound(cell: Cell, details: readonly CellDetail[]): Cell | undefined {
  const same = details.find(
    (other) =>
      other.cell.variant === '' &&
      other.cell.executor === cell.executor &&
      other.cell.transport === cell.transport &&
      other.cell.machines === cell.machines,
  );
  return same === undefined || hasFaults(same) ? undefined : same.cell;
}

function laterWords({ makespanS }: Cell, plain: Cell | undefined): string {
  if (!makespanS || !plain?.makespanS) return '';
  const laterS = makespanS.median - plain.makespanS.median;
  return laterS < 0 ? `−${readableTime(-laterS)}` : `+${readableTime(laterS)}`;
}
