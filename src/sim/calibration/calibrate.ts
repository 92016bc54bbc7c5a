import {
  CALIBRATED,
  type CellPlace,
  type Explanation,
  explanationsOf,
  hasOneP2pMachine,
  type MeasuredCell,
  UNKNOWNS,
  type Unknown,
} from './explanation.ts';
import { Fit, type Range, SLACK } from './fit.ts';

/** Where the error is looked at along an unknown. */
const PROFILE_POINTS = 9;
/** Beyond the sets that fit, the profile goes on for this share of their range on either side. */
const PROFILE_MARGIN = 0.5;
/** Explanations whose best sets are off by this much more than the best of all do not explain the table. */
const AS_GOOD = 1e-3;

/** How one explanation does. */
export interface ExplanationFit {
  readonly name: string;
  readonly words: string;
  /** Of the worst cell, by the best set of unknowns. */
  readonly error: number;
  /** That set [s]. */
  readonly best: Readonly<Partial<Record<Unknown, number>>>;
  /** Whether its worst cell is off by no more than was asked for. */
  readonly isWithin: boolean;
}

/** What is known of one unknown [s], over all explanations. */
export interface UnknownFit {
  readonly unknown: Unknown;
  readonly words: string;
  /** By the sets that come as near as any does. */
  readonly nearest: Range;
  /** By the sets that are off by no more than was asked for; where there are none, by those that come as near as any does. */
  readonly within: Range;
  /** The error of the worst cell along it. */
  readonly profile: readonly { readonly valueS: number; readonly error: number }[];
}

/** What another cell takes by each explanation [s]. */
export interface Extrapolation extends CellPlace {
  /** By the sets that come as near as any does, by name of the explanation. */
  readonly nearest: Readonly<Record<string, Range>>;
  /** Over all explanations, by the sets that are off by no more than was asked for, or else that come as near as any does. */
  readonly within: Range;
  /** The widest gap between two explanations as a share of the time; 0 where they all overlap. */
  readonly gap: number;
}

/** All that a table of measured times says about what is behind it. */
export interface Calibration {
  readonly cells: readonly MeasuredCell[];
  /** Largest error of a cell that was asked for. */
  readonly tolerance: number;
  /** What the best set of all explanations is off by. */
  readonly error: number;
  /** Whether any explanation's is off by no more than was asked for. */
  readonly isWithin: boolean;
  readonly explanations: readonly ExplanationFit[];
  readonly unknowns: readonly UnknownFit[];
  readonly extrapolations: readonly Extrapolation[];
}

/**
 * Finds everything that could be behind a table of measured times.
 * @param beside cells to extrapolate to
 * @throws RangeError where there are no cells
 */
export function calibrate(
  cells: readonly MeasuredCell[],
  { tolerance, beside }: { tolerance: number; beside: readonly CellPlace[] },
): Calibration {
  if (cells.length === 0) throw new RangeError('a table needs at least one cell');
  const fits = explanationsOf(cells).map((explanation) => new Fit(explanation, cells));
  const bests = fits.map((fit) => ({ fit, ...fit.best() }));
  const error = Math.min(...bests.map((best) => best.error));
  const nearest = bests.filter((best) => best.error <= error + AS_GOOD).map(({ fit }) => fit);
  const widest = Math.max(tolerance, error + AS_GOOD);
  const within = bests.filter((best) => best.error <= widest).map(({ fit }) => fit);
  const context = { nearest, within, error: error + AS_GOOD, widest };
  return {
    cells,
    tolerance,
    error,
    isWithin: isWithin(error, tolerance),
    explanations: bests.map(({ fit, unknowns, ...best }) => ({
      ...namesOf(fit.explanation),
      error: best.error,
      best: unknowns,
      isWithin: isWithin(best.error, tolerance),
    })),
    unknowns: unknownsFor(cells, within).map((unknown) => unknownFit(unknown, context)),
    extrapolations: beside.map((cell) => extrapolate(cell, context)),
  };
}

/** Whether an error is no more than was asked for, but for rounding. */
export function isWithin(error: number, tolerance: number): boolean {
  return error <= tolerance + SLACK;
}

interface Fits {
  readonly nearest: readonly Fit[];
  readonly within: readonly Fit[];
  readonly error: number;
  readonly widest: number;
}

function namesOf({ name, words }: Explanation) {
  return { name, words };
}

/** What at least one of the cells says something of, and is part of an explanation that fits. */
function unknownsFor(cells: readonly MeasuredCell[], fits: readonly Fit[]): Unknown[] {
  const missing = CALIBRATED.filter((name) => !cells.some(({ transport }) => transport === name));
  const isMissing = (unknown: Unknown): boolean =>
    missing.some((transport) => unknown.startsWith(transport) || unknown === `fixed ${transport}`) ||
    (unknown === 'swarmCopy' && missing.includes('p2p')) ||
    (unknown === 'oneOff' && !hasOneP2pMachine(cells));
  return (Object.keys(UNKNOWNS) as Unknown[]).filter(
    (unknown) =>
      !isMissing(unknown) && fits.some(({ explanation: { without } }) => !without.includes(unknown)),
  );
}

function unknownFit(unknown: Unknown, { nearest, within, error, widest }: Fits): UnknownFit {
  const wide = union(within.map((fit) => fit.rangeOf(unknown, widest)));
  const margin = PROFILE_MARGIN * (wide.high - wide.low);
  const low = Math.max(0, wide.low - margin);
  const step = (wide.high + margin - low) / (PROFILE_POINTS - 1);
  const profile = Array.from({ length: PROFILE_POINTS }, (_, point) => {
    const valueS = low + point * step;
    return { valueS, error: Math.min(...within.map((fit) => fit.errorAt({ [unknown]: valueS }))) };
  });
  return {
    unknown,
    words: UNKNOWNS[unknown],
    nearest: union(nearest.map((fit) => fit.rangeOf(unknown, error))),
    within: wide,
    profile,
  };
}

function extrapolate(cell: CellPlace, { nearest, within, error, widest }: Fits): Extrapolation {
  const byExplanation = nearest.map((fit) => [fit.explanation.name, fit.predict(cell, error)!] as const);
  return {
    ...cell,
    nearest: Object.fromEntries(byExplanation),
    within: union(within.map((fit) => fit.predict(cell, widest))),
    gap: widestGap(byExplanation.map(([, range]) => range)),
  };
}

function widestGap(ranges: readonly Range[]): number {
  const gaps = ranges.flatMap((one) => ranges.map((other) => (other.low - one.high) / one.high));
  return Math.max(0, ...gaps);
}

function union(ranges: readonly (Range | undefined)[]): Range {
  const found = ranges.filter((range) => range !== undefined);
  return {
    low: Math.min(...found.map(({ low }) => low)),
    high: Math.max(...found.map(({ high }) => high)),
  };
}
