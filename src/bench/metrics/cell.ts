import { type RecordSource, type RunRecord, TRANSPORTS, type Transport } from '../record/run-record.ts';
import { type MeanInterval, meanInterval } from './mean-interval.ts';
import { type MedianInterval, medianInterval } from './median-interval.ts';
import { type OutcomeNumbers, outcomeNumbers } from './run-outcome.ts';

/** Who may stand in a cell, in the order of tables and legends. */
export const SOURCES = [
  'theory',
  'fluid',
  'sim',
  'local',
  'netns',
  'vm',
  'hardware',
  'published',
] as const satisfies readonly RecordSource[];

/** True where real bytes were sent on real connections. */
export function isMeasured(source: RecordSource): boolean {
  return source === 'local' || source === 'netns' || source === 'vm' || source === 'hardware';
}

/** Smallest, middle and largest value over the runs of a cell. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** All runs that differ only in their random seed, as numbers; the shape that `--json` prints. Times in seconds, to 1e-9. */
export interface Cell {
  readonly executor: RecordSource;
  readonly transport: Transport;
  /** `""` for the plain scenario. */
  readonly variant: string;
  readonly machines: number;
  readonly runs: number;
  /** Those of which the makespan is: in which somebody finished, and none where a run was given up. */
  readonly timedRuns: number;
  /** Null where nobody finished, and where a run was given up. */
  readonly makespanS: Spread | null;
  /** Interval of its median by the bootstrap (`medianInterval`); null for fewer than three runs, and of publications. */
  readonly makespanIntervalS: MedianInterval | null;
  readonly transferS: Spread | null;
  /** Median over the runs. */
  readonly meanLatencyS: number | null;
  /** No run of the cell was faster: the smallest of theirs, since machines that got nothing do not count. */
  readonly lowerBoundS: number | null;
  readonly pieceBoundS: number | null;
  /** Transfer / lower bound, of each run by its own; null where one is not known, and where a part was there before. */
  readonly boundRatio: Spread | null;
  /** Medians over the runs, null where a run was given up; see `OutcomeNumbers`. */
  readonly serverCopies: number | null;
  readonly otherSeederCopies: number | null;
  readonly serverLinkCopies: number | null;
  /** Bytes / F that came over its WAN link into the site, beside that of the server, into which most came; null for one site. */
  readonly wanCopies: number | null;
  readonly machinesCpuS: number | null;
  readonly serverCpuS: number | null;
  readonly peakMemoryBytes: number | null;
  readonly serverPeakMemoryBytes: number | null;
  /** Use of the computer's processors in the run that used them most, 0 to 1; null where not known. */
  readonly busyShare: number | null;
  /** Time after which a run was ended that had not finished [s], or null. */
  readonly unfinishedAfterS: number | null;
  readonly unfinishedRuns: number;
  /** Of the run with the fewest; of a simulation those that finished. */
  readonly verifiedMachines: number;
  /** Of the run with the most. */
  readonly failedMachines: number;
  /**
   * Largest share of the image that a real machine had on its disk before a run, 0 to 1: such a run deployed only the
   * rest. Disks of labs are blank.
   */
  readonly foundShare: number;
}

/** A cell with what only the report and the charts need. */
export interface CellDetail {
  readonly cell: Cell;
  readonly runs: readonly RunRecord[];
  /** 95 % interval of the mean makespan [s]; null for fewer than three runs. */
  readonly makespanMean: MeanInterval | null;
}

/**
 * Groups records into cells: variants in order of appearance, then transports, machine counts and sources.
 * @param records as `selectRecords` gives them
 */
export function cellDetails(records: readonly RunRecord[]): CellDetail[] {
  const variants = [...new Set(records.map((record) => record.variant))];
  const rank = (record: RunRecord) => [
    variants.indexOf(record.variant),
    TRANSPORTS.indexOf(record.transport),
    record.machines,
    SOURCES.indexOf(record.source),
  ];
  const groups = Map.groupBy(records, (record) => JSON.stringify(rank(record)));
  return [...groups.values()].sort((a, b) => compareRanks(rank(a[0]!), rank(b[0]!))).map(detailOf);
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  const first = a.findIndex((value, index) => value !== b[index]);
  return first === -1 ? 0 : a[first]! - b[first]!;
}

function detailOf(runs: readonly RunRecord[]): CellDetail {
  const outcomes = runs.map(outcomeNumbers);
  const unfinishedAfterS = largest(runs.flatMap((record) => record.unfinishedAfterS ?? []));
  // The middle of several runs is not known where one of them took nobody knows how long, and would have sent more.
  const timed = unfinishedAfterS === null ? outcomes : [];
  const { source, transport, variant, machines } = runs[0]!;
  const bounds = runs.flatMap((record) => record.bounds ?? []);
  const makespansS = known(timed, 'makespanS');
  // Publications are no repeats of each other.
  const repeatedS = source === 'published' ? [] : makespansS;
  const foundShare = source === 'hardware' ? Math.max(...runs.map(foundShareOf)) : 0;
  const cell: Cell = {
    executor: source,
    transport,
    variant,
    machines,
    runs: runs.length,
    timedRuns: makespansS.length,
    makespanS: spread(makespansS),
    makespanIntervalS: medianInterval(repeatedS),
    transferS: spread(known(timed, 'transferS')),
    meanLatencyS: rounded(median(known(timed, 'meanLatencyS'))),
    lowerBoundS: rounded(smallest(bounds.map(({ lowerBoundS }) => lowerBoundS))),
    pieceBoundS: bounds.some(({ pieceBoundS }) => pieceBoundS === null)
      ? null
      : rounded(smallest(bounds.flatMap(({ pieceBoundS }) => pieceBoundS ?? []))),
    boundRatio:
      foundShare > 0 ? null : spread(timed.flatMap((outcome, place) => boundRatioOf(runs[place]!, outcome))),
    serverCopies: median(known(timed, 'serverCopies')),
    otherSeederCopies: median(known(timed, 'otherSeederCopies')),
    serverLinkCopies: median(known(timed, 'serverLinkCopies')),
    wanCopies: unfinishedAfterS === null ? median(runs.flatMap((run) => wanCopiesOf(run) ?? [])) : null,
    machinesCpuS: rounded(median(known(timed, 'machinesCpuS'))),
    serverCpuS: rounded(median(known(timed, 'serverCpuS'))),
    peakMemoryBytes: median(known(outcomes, 'peakMemoryBytes')),
    serverPeakMemoryBytes: median(known(outcomes, 'serverPeakMemoryBytes')),
    busyShare: largest(runs.flatMap((record) => record.busyShare ?? [])),
    unfinishedAfterS,
    unfinishedRuns: runs.filter((record) => record.unfinishedAfterS !== undefined).length,
    verifiedMachines: Math.min(...outcomes.map((outcome) => outcome.verifiedMachines)),
    failedMachines: Math.max(...outcomes.map((outcome) => outcome.failedMachines)),
    foundShare,
  };
  return { cell, runs, makespanMean: meanInterval(repeatedS) };
}

function boundRatioOf({ bounds }: RunRecord, { transferS }: OutcomeNumbers): number[] {
  if (transferS === null || bounds === null || bounds.lowerBoundS === 0) return [];
  return [transferS / bounds.lowerBoundS];
}

function foundShareOf({ fleet }: RunRecord): number {
  return Math.max(0, ...fleet.map(({ image }) => (image ? image.reusedChunks / image.chunks : 0)));
}

function wanCopiesOf({ siteLinks, wireBytes }: RunRecord): number | null {
  const [, ...others] = siteLinks ?? [];
  return largest(others.map(({ downBytes }) => downBytes / wireBytes));
}

type Measure = Exclude<keyof OutcomeNumbers, 'verifiedMachines' | 'failedMachines'>;

function known(outcomes: readonly OutcomeNumbers[], measure: Measure): number[] {
  return outcomes.map((outcome) => outcome[measure]).filter((value) => value !== null);
}

function spread(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  const [min, middle, max] = [Math.min(...values), median(values)!, Math.max(...values)];
  return { min: rounded(min)!, median: rounded(middle)!, max: rounded(max)! };
}

function smallest(values: readonly number[]): number | null {
  return values.length === 0 ? null : Math.min(...values);
}

function largest(values: readonly number[]): number | null {
  return values.length === 0 ? null : Math.max(...values);
}

/** Middle value, or the mean of the two middle ones; null of nothing. */
export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  return (sorted[Math.ceil(half) - 1]! + sorted[Math.floor(half)]!) / 2;
}

/** Nanoseconds are far below what any run can tell, and make the printed numbers end. */
function rounded(seconds: number | null): number | null {
  return seconds === null ? null : Number(seconds.toFixed(9));
}
