import type { AgreementDetail } from '../metrics/agreement.ts';
import { type Cell, median } from '../metrics/cell.ts';
import { readableTime, threeDigits } from '../metrics/readable-units.ts';
import type { RunRecord } from '../record/run-record.ts';
import { imageWords, sizeWords } from './setup-table.ts';

/** What one report has to quote from. */
export interface QuotedReport {
  readonly records: readonly RunRecord[];
  readonly cells: readonly Cell[];
  readonly agreement: readonly AgreementDetail[];
  /** What `swarmboot calibrate` finds of its scenario; null where that has no published cells. */
  readonly calibration: QuotedCalibration | null;
}

interface QuotedCalibration {
  readonly unknowns: readonly {
    readonly unknown: string;
    /** Where the table is exact, and where it may be off by as much as was allowed. */
    readonly nearest: Range;
    readonly within: Range;
  }[];
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
 * `error REPORT median|worst [several]` and `mean-error` (of simulated against measured makespans and mean latencies, over all
 * cells or those with more than one machine), `cells REPORT [several]` (how many those are), `image REPORT` (what goes to each
 * machine), `disk REPORT` (what it is on the disk), `behind REPORT UNKNOWN [within]` and
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
  { records, cells, agreement, calibration }: QuotedReport,
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
        compared(agreement, which[1]).map((detail) => detail.agreement.error),
        which[0],
      );
    case 'mean-error':
      return errorWords(
        compared(agreement, which[1]).flatMap(({ meanError }) => meanError ?? []),
        which[0],
      );
    case 'cells':
      return String(compared(agreement, which[0]).length);
    case 'image':
      return imageWords(records);
    case 'disk':
      return diskWords(records);
    case 'behind':
      return minutesWords(behind(calibration, which));
    case 'foretold':
      return minutesWords(foretold(calibration, which));
    default:
      return undefined;
  }
}

/** A probe tells what one machine takes: cells with several are told apart. */
function compared(
  agreement: readonly AgreementDetail[],
  which: string | undefined,
): readonly AgreementDetail[] {
  return which === 'several' ? agreement.filter((detail) => detail.agreement.machines > 1) : agreement;
}

/** Undefined where no machine told of its disk. */
function diskWords(records: readonly RunRecord[]): string | undefined {
  const sizes = records.flatMap(({ fleet }) => fleet.flatMap(({ image }) => image?.rawBytes ?? []));
  return sizes.length === 0 ? undefined : sizeWords(sizes);
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

function behind(
  calibration: QuotedCalibration | null,
  [unknown, range]: readonly (string | undefined)[],
): Range | undefined {
  const found = calibration?.unknowns.find((one) => hyphened(one.unknown) === unknown);
  return range === 'within' ? found?.within : found?.nearest;
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
