import type { Agreement } from '../metrics/agreement.ts';
import { type Cell, median } from '../metrics/cell.ts';
import { readableTime, threeDigits } from '../metrics/readable-units.ts';

/** What one report has to quote from. */
export interface QuotedReport {
  readonly cells: readonly Cell[];
  readonly agreement: readonly Agreement[];
}

/** A text with a figure between two comments: `<!--=time lab-main netns p2p 20-->27.0 s<!--=-->`. */
const QUOTE = /<!--=([^>]+?)-->(.*?)<!--=-->/gs;

/**
 * The text with every figure in it as the records have it. A figure is one of
 * `time REPORT EXECUTOR TRANSPORT MACHINES` (median makespan), `minutes` of the same without its unit,
 * `copies` of the same (of the server), `ratio REPORT EXECUTOR TRANSPORT MACHINES TRANSPORT MACHINES` (of two makespans),
 * and `error REPORT median|worst`, `cells REPORT` (of simulated against measured, [%] and a number). Cells in which machines
 * failed are not quoted.
 * Throws an Error that names a figure which cannot be made.
 */
export function withQuotedFigures(text: string, reports: ReadonlyMap<string, QuotedReport>): string {
  return text.replace(
    QUOTE,
    (_, words: string) => `<!--=${words}-->${figureOf(words.trim(), reports)}<!--=-->`,
  );
}

function figureOf(words: string, reports: ReadonlyMap<string, QuotedReport>): string {
  const [kind = '', name = '', ...which] = words.split(/\s+/);
  const report = reports.get(name);
  if (!report) throw new Error(`the figure \`${words}\`: there is no report ${name}`);
  const figure = numberOf(kind, report, which);
  if (figure === undefined) throw new Error(`the figure \`${words}\`: the report ${name} does not have it`);
  return figure;
}

function numberOf(
  kind: string,
  { cells, agreement }: QuotedReport,
  which: readonly string[],
): string | undefined {
  const [executor, transport, machines, otherTransport, otherMachines] = which;
  const cell = cellOf(cells, [executor, transport, machines]);
  const timeS = cell?.makespanS?.median;
  switch (kind) {
    case 'time':
      return timeS === undefined ? undefined : readableTime(timeS);
    case 'minutes':
      return timeS === undefined ? undefined : threeDigits(timeS / 60);
    case 'copies':
      return typeof cell?.serverCopies === 'number' ? threeDigits(cell.serverCopies) : undefined;
    case 'ratio': {
      const otherS = cellOf(cells, [executor, otherTransport, otherMachines])?.makespanS?.median;
      return timeS === undefined || otherS === undefined ? undefined : threeDigits(timeS / otherS);
    }
    case 'error':
      return errorWords(agreement, which[0]);
    case 'cells':
      return String(agreement.length);
    default:
      return undefined;
  }
}

function cellOf(
  cells: readonly Cell[],
  [executor, transport, machines]: readonly (string | undefined)[],
): Cell | undefined {
  return cells.find(
    (cell) =>
      cell.variant === '' &&
      cell.failedMachines === 0 &&
      cell.executor === executor &&
      cell.transport === transport &&
      String(cell.machines) === machines,
  );
}

function errorWords(agreement: readonly Agreement[], which: string | undefined): string | undefined {
  const errors = agreement.map(({ error }) => Math.abs(error));
  const error = which === 'worst' ? Math.max(...errors) : median(errors);
  return errors.length === 0 || error === null ? undefined : `${threeDigits(error * 100)} %`;
}
