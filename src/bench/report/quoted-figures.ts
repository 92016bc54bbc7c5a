import type { AgreementDetail } from '../metrics/agreement.ts';
import { type Cell, median } from '../metrics/cell.ts';
import { readableTime, threeDigits } from '../metrics/readable-units.ts';

/** What one report has to quote from. */
export interface QuotedReport {
  readonly cells: readonly Cell[];
  readonly agreement: readonly AgreementDetail[];
  /** What `swarmboot calibrate` finds of its scenario; null where that has no published cells. */
  readonly calibration: QuotedCalibration | null;
}

interface QuotedCalibration {
  readonly unknowns: readonly { readonly unknown: string; readonly nearest: Range }[];
  readonly extrapolations: readonly {
    readonly transport: string;
    readonly machines: number;
    /** By name of the explanation. */
    readonly nearest: Readonly<Record<string, Range>>;
  }[];
}

/** Times [s]. */
interface Range {
  readonly low: number;
  readonly high: number;
}

/** A text with a figure between two comments: `<!--=time lab-main netns p2p 20-->27.0 s<!--=-->`. */
const QUOTE = /<!--=([^>]+?)-->(.*?)<!--=-->/gs;

/**
 * The text with every figure in it as the records have it. A figure is one of
 * `time REPORT EXECUTOR TRANSPORT MACHINES` (median makespan), `minutes` of the same without its unit,
 * `bound` of the same (the lower bound of its transfer), `copies` (of the server), `ratio REPORT EXECUTOR TRANSPORT MACHINES TRANSPORT MACHINES` (of two makespans),
 * `error REPORT median|worst` and `mean-error` (of simulated against measured makespans and mean latencies), `cells REPORT`
 * (how many those are), `behind REPORT UNKNOWN` and
 * `foretold REPORT TRANSPORT MACHINES EXPLANATION` (ranges that calibration finds, without the unit, which is minutes; an
 * explanation of several words has hyphens between them). Cells in which machines failed are not quoted.
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
  { cells, agreement, calibration }: QuotedReport,
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
    case 'bound':
      return typeof cell?.lowerBoundS === 'number' ? readableTime(cell.lowerBoundS) : undefined;
    case 'copies':
      return typeof cell?.serverCopies === 'number' ? threeDigits(cell.serverCopies) : undefined;
    case 'ratio': {
      const otherS = cellOf(cells, [executor, otherTransport, otherMachines])?.makespanS?.median;
      return timeS === undefined || otherS === undefined ? undefined : threeDigits(timeS / otherS);
    }
    case 'error':
      return errorWords(
        agreement.map((detail) => detail.agreement.error),
        which[0],
      );
    case 'mean-error':
      return errorWords(
        agreement.flatMap(({ meanError }) => meanError ?? []),
        which[0],
      );
    case 'cells':
      return String(agreement.length);
    case 'behind':
      return minutesWords(
        calibration?.unknowns.find(({ unknown }) => hyphened(unknown) === which[0])?.nearest,
      );
    case 'foretold':
      return minutesWords(foretold(calibration, which));
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

function foretold(
  calibration: QuotedCalibration | null,
  [transport, machines, explanation]: readonly (string | undefined)[],
): Range | undefined {
  const cell = calibration?.extrapolations.find(
    (one) => one.transport === transport && String(one.machines) === machines,
  );
  return Object.entries(cell?.nearest ?? {}).find(([name]) => hyphened(name) === explanation)?.[1];
}

function hyphened(name: string): string {
  return name.replaceAll(' ', '-');
}

/** `22.2 to 26.7`, or one time where both ends read alike. */
function minutesWords(range: Range | undefined): string | undefined {
  if (range === undefined) return undefined;
  const [low, high] = [threeDigits(range.low / 60), threeDigits(range.high / 60)];
  return low === high ? low : `${low} to ${high}`;
}

function errorWords(errors: readonly number[], which: string | undefined): string | undefined {
  const shares = errors.map(Math.abs);
  const error = which === 'worst' ? Math.max(...shares) : median(shares);
  return shares.length === 0 || error === null ? undefined : `${threeDigits(error * 100)} %`;
}
