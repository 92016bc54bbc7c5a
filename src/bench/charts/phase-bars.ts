import type { CellDetail } from '../metrics/cell.ts';
import { meanPhaseTimes, type PhaseOrWaiting } from '../metrics/phase-times.ts';
import { counted, variantWords } from '../metrics/plain-words.ts';
import { readableTime, timeUnitFor } from '../metrics/readable-units.ts';
import { panelNamer } from './cell-choice.ts';
import { seriesOf } from './series.ts';

/** One stacked bar: a cell and the mean time of its machines. */
export interface Bar {
  readonly detail: CellDetail;
  readonly totalS: number;
}

/** Bars that stand together, as rows for the marks; lengths in the unit of the axis. */
export interface BarPanel {
  readonly name: string;
  readonly rows: readonly { bar: string; phase: PhaseOrWaiting; order: number; length: number }[];
  readonly totals: readonly { bar: string; end: number; total: string }[];
}

/** How long the bars are drawn. */
export interface BarScale {
  /** True where every bar is drawn as shares of its own time. */
  readonly areShares: boolean;
  /** Title of the axis, with its unit. */
  readonly title: string;
  /** Length of one second of a bar. */
  readonly perSecond: (bar: Bar) => number;
}

/** From this ratio of longest to shortest bar on, the phases of a short one cannot be seen at a common scale. */
const SHARES_FROM_RATIO = 12;

/** The bar of every cell that has phases. */
export function barsOf(details: readonly CellDetail[]): Bar[] {
  return details
    .map((detail) => ({
      detail,
      totalS: [...meanPhaseTimes(detail.runs).values()].reduce((a, b) => a + b, 0),
    }))
    .filter(({ totalS }) => totalS > 0);
}

/** One scale for all bars: a unit of time, or shares where the bars differ too much. */
export function barScale(bars: readonly Bar[]): BarScale {
  const totals = bars.map((bar) => bar.totalS);
  const longestS = Math.max(...totals);
  if (longestS > SHARES_FROM_RATIO * Math.min(...totals)) {
    return {
      areShares: true,
      title: 'share of the mean time per machine [%]',
      perSecond: ({ totalS }) => 100 / totalS,
    };
  }
  const unit = timeUnitFor(longestS);
  return {
    areShares: false,
    title: `mean time per machine [${unit.sign}]`,
    perSecond: () => 1 / unit.seconds,
  };
}

/**
 * Bars to compare stand together: a panel per variant and machine count; where nothing but these differs, a panel per
 * variant.
 */
export function barPanels(bars: readonly Bar[], scale: BarScale): BarPanel[] {
  const { nameOf, labelOf } = namersFor(bars);
  const variants = [...new Set(bars.map(({ detail }) => detail.cell.variant))];
  const rank = ({ detail }: Bar) => variants.indexOf(detail.cell.variant);
  const sorted = bars.toSorted(
    (a, b) => rank(a) - rank(b) || a.detail.cell.machines - b.detail.cell.machines,
  );
  const panels = Map.groupBy(sorted, (bar) => nameOf(bar.detail));
  return [...panels].map(([name, own]) => ({
    name,
    rows: own.flatMap((bar) => phaseRows(bar, labelOf(bar.detail), scale)),
    totals: own.map((bar) => ({
      bar: labelOf(bar.detail),
      end: bar.totalS * scale.perSecond(bar),
      total: readableTime(bar.totalS),
    })),
  }));
}

/** Names of panels, and of the bars in them. */
interface Namers {
  readonly nameOf: (detail: CellDetail) => string;
  readonly labelOf: (detail: CellDetail) => string;
}

function namersFor(bars: readonly Bar[]): Namers {
  const labels = new Set(bars.map(({ detail }) => seriesOf(detail.cell).label));
  const labelOf = ({ cell }: CellDetail) => seriesOf(cell).label;
  if (labels.size > 1) return { nameOf: panelNamer(bars.map(({ detail }) => detail)), labelOf };
  const hasVariants = new Set(bars.map(({ detail }) => detail.cell.variant)).size > 1;
  return {
    nameOf: (detail) =>
      hasVariants ? `${variantWords(detail.cell.variant)} (${labelOf(detail)})` : labelOf(detail),
    labelOf: ({ cell }) => counted(cell.machines, 'machine'),
  };
}

function phaseRows(bar: Bar, label: string, { perSecond }: BarScale): BarPanel['rows'] {
  return [...meanPhaseTimes(bar.detail.runs)].map(([phase, seconds], order) => ({
    bar: label,
    phase,
    order,
    length: seconds * perSecond(bar),
  }));
}
