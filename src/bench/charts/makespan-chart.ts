import type { CellDetail } from '../metrics/cell.ts';
import { variantWords } from '../metrics/plain-words.ts';
import { readableTime, timeUnitFor } from '../metrics/readable-units.ts';
import type { Chart } from './chart.ts';
import { type ValueRange, valueRange } from './machine-axis.ts';
import { type MachineRow, machineLayers } from './machine-lines.ts';
import { panelSpec } from './panels.ts';
import {
  BOUND,
  copyTimeOf,
  MODEL,
  MULTICAST_BOUND,
  REFERENCE_SERIES,
  referenceLines,
} from './reference-lines.ts';
import { seriesOf, seriesOfCells } from './series.ts';

const TITLE = 'Time from first power-on to the last machine done';

/** Room between the outermost line and the end of the axis. */
const HEADROOM = 1.05;
/** Room below a bound on a logarithmic axis, so that it does not lie on the axis. */
const LOG_FOOTROOM = 1.25;

/** Makespan over the number of machines, theory's lines beside it; undefined where no run has one. */
export function makespanChart(details: readonly CellDetail[]): Chart | undefined {
  const shown = details.filter(({ cell }) => cell.makespanS !== null);
  if (shown.length === 0) return undefined;
  const variants = [...Map.groupBy(shown, ({ cell }) => cell.variant)].map(([variant, own]) => ({
    name: variantWords(variant),
    runs: own.flatMap(rowsOf),
    ...referenceLines(own),
  }));
  const range = rangeOf(
    variants.flatMap(({ runs }) => runs),
    variants.flatMap(({ bounds, model }) => [...bounds, ...model.slice(-1)]),
  );
  const unit = timeUnitFor(range.isLog ? Math.sqrt(range.low * range.high) : range.high);
  const panels = variants.map(({ name, runs, bounds, model }) => ({
    name,
    rows: [...bounds, ...model, ...runs]
      .filter((row) => row.value >= range.low)
      .map((row) => scaled(row, range, unit.seconds)),
  }));
  const drawn = new Set(panels.flatMap(({ rows }) => rows.map((row) => row.series)));
  const references = REFERENCE_SERIES.filter((one) => drawn.has(one.label));
  const series = [...seriesOfCells(shown.map(({ cell }) => cell)), ...references];
  const layer = machineLayers(series, {
    counts: shown.map(({ cell }) => cell.machines),
    title: `makespan [${unit.sign}]`,
    range: { ...range, low: range.low / unit.seconds, high: range.high / unit.seconds },
  });
  const description = 'Median makespan of each cell over the number of machines.';
  const spec = panelSpec({
    title: TITLE,
    description,
    series,
    panels: panels.map((panel) => ({ ...panel, layer })),
  });
  return { name: 'makespan', title: TITLE, caption: captionOf(shown, drawn), spec };
}

/** One point, or one for each publication: these are no repeats of each other. */
function rowsOf({ cell, makespanMean, runs }: CellDetail): MachineRow[] {
  const { machines, executor } = cell;
  const series = seriesOf(cell).label;
  if (executor === 'published')
    return runs.map(({ formula }) => ({ series, machines, value: formula!.makespanS }));
  const interval = makespanMean === null ? {} : { low: makespanMean.low, high: makespanMean.high };
  return [{ series, machines, value: cell.makespanS!.median, ...interval }];
}

/**
 * Room for runs and lines of theory; the runs alone decide whether it is logarithmic.
 * Intervals count for the upper end alone: one that reaches to zero would stretch a logarithmic axis.
 */
function rangeOf(runs: readonly MachineRow[], theory: readonly MachineRow[]): ValueRange {
  const own = valueRange(runs.map((row) => row.value));
  const ends = [...runs, ...theory].map((row) => row.high ?? row.value);
  const high = Math.max(own.high, ...ends.map((end) => end * HEADROOM));
  if (!own.isLog) return { ...own, high };
  const positive = theory.filter((row) => row.value > 0);
  return { ...own, high, low: Math.min(own.low, ...positive.map((row) => row.value / LOG_FOOTROOM)) };
}

function scaled(row: MachineRow, range: ValueRange, unitS: number): MachineRow {
  const value = row.value / unitS;
  if (row.low === undefined || row.high === undefined) return { ...row, value };
  return { ...row, value, low: Math.max(row.low, range.low) / unitS, high: row.high / unitS };
}

/** @param drawn labels of what stands in the chart: a line may lie outside of its axes */
function captionOf(shown: readonly CellDetail[], drawn: ReadonlySet<string>): string {
  const copies = [...new Set(shown.map(({ cell }) => cell.variant))].map((variant) =>
    copyTimeOf(shown.filter(({ cell }) => cell.variant === variant)),
  );
  const [copyS = null] = new Set(copies).size === 1 ? copies : [];
  const sentences = [
    shown.some(({ cell }) => cell.runs > 1)
      ? 'Each point is the median over the runs of a cell.'
      : 'Each point is one run or one formula.',
    shown.some(({ makespanMean }) => makespanMean !== null)
      ? 'Bars are the 95 % interval of the mean by Student’s t, drawn from three runs on.'
      : '',
    shown.some(({ cell }) => cell.failedMachines > 0)
      ? 'Where machines failed, a point is the time of those that did not; the table marks such cells.'
      : '',
    drawn.has(BOUND.label)
      ? 'The lower bound is the lowest of the transports that send to one machine at a time, for the transfer alone: boot, verification and the other phases come on top.'
      : '',
    drawn.has(MULTICAST_BOUND.label)
      ? 'The multicast bound is the time of one copy for all machines, which the network multiplies, also for the transfer alone.'
      : '',
    drawn.has(MODEL.label)
      ? `The dash-dotted line is the model τ log₂ n of a swarm that passes on only whole images; τ, one copy over the server’s uplink, is ${copyS === null ? 'that of the variant' : readableTime(copyS)}. It counts the source among the n, as the paper does: beside a server it takes up to one τ longer.`
      : '',
  ];
  return sentences.filter((sentence) => sentence !== '').join(' ');
}
