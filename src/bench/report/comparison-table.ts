import { BUSY_MARK, isBusy, MOST_BUSY_SHARE } from '../metrics/busy-computer.ts';
import { type Cell, type CellDetail, isMeasured, SOURCES } from '../metrics/cell.ts';
import { TRANSPORT_WORDS, untimedRunsWords, untimedWords, variantWords } from '../metrics/plain-words.ts';
import {
  readableBytes,
  readableSpread,
  readableTime,
  threeDigits,
  writtenShare,
} from '../metrics/readable-units.ts';
import type { RecordSource } from '../record/run-record.ts';
import { numberColumn, type Table, textColumn, withoutEmptyColumns } from './report-document.ts';

/** Stands at a time that leaves failed machines out. */
const FAILED_MARK = '†';
/** Stands at a time of machines that had a part of the image. */
const FOUND_MARK = '§';

/** Heads of the columns with times, by who found them. */
const SOURCE_HEADS: Readonly<Record<RecordSource, string>> = {
  theory: 'Theory',
  fluid: 'Fluid model',
  sim: 'Simulated',
  local: 'Measured (local)',
  netns: 'Measured in netns',
  vm: 'Measured in virtual machines',
  hardware: 'Measured on real machines',
  published: 'Published',
};

const COLUMNS = [
  textColumn('Variant'),
  textColumn('Transport'),
  numberColumn('Machines'),
  ...SOURCES.map((source) => numberColumn(SOURCE_HEADS[source])),
  numberColumn('Lower bound'),
  numberColumn('Bound in pieces'),
  numberColumn('Transfer / bound'),
  numberColumn('Server copies'),
  numberColumn('Copies of other seeders'),
  numberColumn('Server copies (link)'),
  numberColumn('Copies over the WAN'),
  numberColumn('CPU-s of the machines'),
  numberColumn('CPU-s of the server'),
  numberColumn('Peak memory'),
  textColumn('Verified'),
  textColumn('Finished'),
];

/** The table of the report, in the manner of Table 1 of the seed paper: one row per variant, transport and machine count. */
export function comparisonTable(details: readonly CellDetail[]): Table {
  const cells = details.map(({ cell }) => cell);
  const hasVariants = cells.some((cell) => cell.variant !== '');
  return withoutEmptyColumns({
    columns: COLUMNS,
    rows: rowDetails(details).map((same) => rowOf(same, hasVariants)),
  });
}

/** The cells of one row each: those of all executors. */
function rowDetails(details: readonly CellDetail[]): CellDetail[][] {
  const groups = Map.groupBy(details, ({ cell: { variant, transport, machines } }) =>
    JSON.stringify([variant, transport, machines]),
  );
  return [...groups.values()];
}

/** Whose numbers stand in the row beside the times: the measurement, or the simulation where there is none. */
function basisOf(cells: readonly Cell[]): Cell | undefined {
  const by = (source: RecordSource) => cells.find((cell) => cell.executor === source);
  return by('hardware') ?? by('netns') ?? by('local') ?? by('vm') ?? by('sim');
}

function pieceBoundOf(cells: readonly Cell[]): number | null {
  return (basisOf(cells) ?? cells.find((cell) => cell.lowerBoundS !== null))?.pieceBoundS ?? null;
}

function rowOf(details: readonly CellDetail[], hasVariants: boolean): string[] {
  const cells = details.map(({ cell }) => cell);
  const [{ variant, transport, machines }] = cells as [Cell];
  const by = (source: RecordSource) => details.find(({ cell }) => cell.executor === source);
  const basis = basisOf(cells);
  const bounded = cells.filter((cell) => cell.lowerBoundS !== null);
  // Where machines failed each executor has the bound of those that did not: the ratio beside it is of the same.
  const lowerBoundS = basis?.lowerBoundS ?? Math.min(...bounded.map((cell) => cell.lowerBoundS!));
  const pieceBoundS = pieceBoundOf(cells);
  return [
    hasVariants ? variantWords(variant) : '',
    TRANSPORT_WORDS[transport],
    String(machines),
    ...SOURCES.map((source) => makespanWords(by(source))),
    lowerBoundS > 0 && bounded.length > 0 ? readableTime(lowerBoundS) : '',
    pieceBoundS === null ? '' : readableTime(pieceBoundS),
    digitsOrNothing(basis?.boundRatio?.median),
    digitsOrNothing(basis?.serverCopies),
    digitsOrNothing(basis?.otherSeederCopies),
    digitsOrNothing(basis?.serverLinkCopies),
    digitsOrNothing(basis?.wanCopies),
    digitsOrNothing(basis?.machinesCpuS),
    digitsOrNothing(basis?.serverCpuS),
    memoryWords(basis),
    verifiedWords(basis),
    finishedWords(basis),
  ];
}

function makespanWords(detail: CellDetail | undefined): string {
  if (detail === undefined) return '';
  const { cell, runs } = detail;
  // Publications are no repeats of each other.
  if (cell.executor === 'published')
    return runs.map(({ formula }) => readableTime(formula!.makespanS)).join('; ');
  const isTimed = cell.makespanS !== null;
  const marks = [
    isTimed && cell.failedMachines > 0 ? FAILED_MARK : '',
    isBusy(cell.busyShare) ? BUSY_MARK : '',
    cell.foundShare > 0 ? FOUND_MARK : '',
  ];
  const time = [isTimed ? readableSpread(cell.makespanS!) : untimedWords(cell), ...marks];
  return [time.filter((part) => part !== '').join(' '), isTimed ? untimedRunsWords(cell) : '']
    .filter((part) => part !== '')
    .join(', ');
}

function digitsOrNothing(value: number | null | undefined): string {
  return typeof value === 'number' ? threeDigits(value) : '';
}

/** `72.1 MB (server 95.0 MB)` */
function memoryWords(cell: Cell | undefined): string {
  if (typeof cell?.peakMemoryBytes !== 'number') return '';
  const server =
    cell.serverPeakMemoryBytes === null ? '' : ` (server ${readableBytes(cell.serverPeakMemoryBytes)})`;
  return `${readableBytes(cell.peakMemoryBytes)}${server}`;
}

/** Of machines with a disk that was read back. */
function verifiedWords(cell: Cell | undefined): string {
  if (cell === undefined || !isMeasured(cell.executor)) return '';
  const failed = cell.failedMachines > 0 ? `, ${cell.failedMachines} failed` : '';
  return `${cell.verifiedMachines} of ${cell.machines}${failed}`;
}

/** Of simulated machines, which have no disk to verify. */
function finishedWords(cell: Cell | undefined): string {
  return cell?.executor === 'sim' ? `${cell.machines - cell.failedMachines} of ${cell.machines}` : '';
}

/** True for cells of real or simulated machines. */
export function isRun(cell: Cell): boolean {
  return cell.executor === 'sim' || isMeasured(cell.executor);
}

/** What a reader of the table must know, one sentence each. */
export function comparisonNotes(details: readonly CellDetail[]): string[] {
  const cells = details.map(({ cell }) => cell);
  const has = (passes: (cell: Cell) => boolean) => cells.some(passes);
  const bases = rowDetails(details).flatMap((same) => basisOf(same.map(({ cell }) => cell)) ?? []);
  const notes = [
    'Times are makespans, from the first power-on to the last machine done.',
    has((cell) => cell.runs > 1 && cell.executor === 'published')
      ? 'Of several publications each has a time of its own.'
      : '',
    has((cell) => cell.runs > 1 && cell.executor !== 'published')
      ? 'Over several runs: the median, and in brackets the smallest to the largest.'
      : '',
    has((cell) => cell.lowerBoundS !== null)
      ? 'No transfer of this transport over these links can take less than the lower bound; it may need more.'
      : '',
    rowDetails(details).some((same) => pieceBoundOf(same.map(({ cell }) => cell)) !== null)
      ? 'The bound in pieces is that of schemes which send whole pieces over equal links.'
      : '',
    has(isRun)
      ? 'Transfer / bound, of each run by its own bound, and server copies are those of the measurement, or of the simulation where there is none.'
      : '',
    bases.some((basis) => isMeasured(basis.executor))
      ? 'Verified: machines whose disk was read back and found right, in the worst run.'
      : '',
    bases.some((basis) => basis.executor === 'sim')
      ? 'Finished: simulated machines, which have no disk to read back, in the worst run.'
      : '',
    has((cell) => cell.otherSeederCopies !== null)
      ? 'Copies of other seeders are those that all machines and web servers sent together which had the image from the start.'
      : '',
    has((cell) => cell.serverLinkCopies !== null)
      ? 'Server copies are counted in payload as the client tells it, to the end of the run, and on the server’s link with all headers and requests, up to the last verified piece.'
      : '',
    has((cell) => cell.wanCopies !== null)
      ? 'Copies over the WAN are the bytes that came over its link into the site, beside that of the server, into which most came, with all headers.'
      : '',
    has((cell) => cell.machinesCpuS !== null)
      ? 'CPU seconds, from the start of the transfer to the last verified piece, are those of all machines together and of the server.'
      : '',
    has((cell) => cell.peakMemoryBytes !== null)
      ? 'Peak memory is the most that the processes of one machine held: each one’s largest resident set, with the pages of files that it maps, added up.'
      : '',
    has((cell) => isBusy(cell.busyShare))
      ? `${BUSY_MARK} More than ${writtenShare(MOST_BUSY_SHARE)} of the computer’s processors were in use in at least one run: they may have set the pace, not the network.`
      : '',
    has((cell) => cell.foundShare > 0)
      ? `${FOUND_MARK} A part of the image was on the disks before at least one run: the time is that of the rest.`
      : '',
    has((cell) => cell.failedMachines > 0 && cell.makespanS !== null)
      ? `${FAILED_MARK} Machines failed in at least one run: the time is that of the others.`
      : '',
  ];
  return notes.filter((note) => note !== '');
}
