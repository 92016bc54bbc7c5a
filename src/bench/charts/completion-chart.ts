import type { CellDetail } from '../metrics/cell.ts';
import { type CompletionPoint, completionCurve, thinned } from '../metrics/completion-curve.ts';
import { type TimeUnit, timeUnitFor } from '../metrics/readable-units.ts';
import { atLargestCounts, hasSmallerCounts, panelNamer } from './cell-choice.ts';
import type { Chart } from './chart.ts';
import { LOG_FROM_RATIO, logTicks } from './machine-axis.ts';
import { type Panel, panelSpec } from './panels.ts';
import { type Series, seriesChannels, seriesOf, seriesOfCells } from './series.ts';

const TITLE = 'Share of the machines done over time';

/** More points than these cannot be told apart at the width of a panel. */
const MOST_POINTS = 200;
/** A millionth of the axis is far below a pixel; fewer digits keep the file small. */
const DIGITS = 6;

interface Curve {
  readonly detail: CellDetail;
  readonly points: readonly CompletionPoint[];
}

/** Completion curves at the largest machine count of each executor; undefined where no machine finished. */
export function completionChart(details: readonly CellDetail[]): Chart | undefined {
  const curves = atLargestCounts(details.filter(({ runs }) => completionCurve(runs).length > 1)).map(
    (detail) => ({
      detail,
      points: completionCurve(detail.runs),
    }),
  );
  if (curves.length === 0) return undefined;
  const unit = unitOf(curves);
  const series = seriesOfCells(curves.map(({ detail }) => detail.cell)).map((one) => ({
    ...one,
    hasPoints: false,
  }));
  const nameOf = panelNamer(curves.map((curve) => curve.detail));
  const panels = [...Map.groupBy(curves, (curve) => nameOf(curve.detail))].map(([name, own]) =>
    curvePanel(name, own, { series, unit }),
  );
  const caption = captionOf(curves, panels);
  return {
    name: 'completion',
    title: TITLE,
    caption,
    spec: panelSpec({ title: TITLE, description: caption, series, panels }),
  };
}

function curvePanel(
  name: string,
  curves: readonly Curve[],
  { series, unit }: { series: readonly Series[]; unit: TimeUnit },
) {
  const ends = curves.map(endS);
  const isLog = Math.max(...ends) > LOG_FROM_RATIO * Math.min(...ends);
  const firstS = Math.min(...curves.map(({ points }) => points[1]!.timeS));
  const startS = isLog ? firstS / 1.3 : 0;
  const range = {
    isLog,
    low: startS / unit.seconds,
    high: (Math.max(...ends) * (isLog ? 1.1 : 1.03)) / unit.seconds,
  };
  const rows = curves.flatMap(({ detail, points }) => {
    const label = seriesOf(detail.cell).label;
    return thinned(points, MOST_POINTS).map(({ timeS, share }) => ({
      series: label,
      time: Number((Math.max(timeS, startS) / unit.seconds).toPrecision(DIGITS)),
      share: Number(share.toPrecision(DIGITS)),
    }));
  });
  return { name, rows, layer: curveLayer(series, { ...range, sign: unit.sign }), isLog };
}

/** On logarithmic axes the middle counts, else the end. */
function unitOf(curves: readonly Curve[]): TimeUnit {
  const ends = curves.map(endS);
  const [fastestS, slowestS] = [Math.min(...ends), Math.max(...ends)];
  return timeUnitFor(slowestS > LOG_FROM_RATIO * fastestS ? Math.sqrt(fastestS * slowestS) : slowestS);
}

function curveLayer(
  series: readonly Series[],
  range: { isLog: boolean; low: number; high: number; sign: string },
) {
  const { color, strokeDash } = seriesChannels(series);
  const x = {
    field: 'time',
    type: 'quantitative',
    title: `time since first power-on [${range.sign}]${range.isLog ? ', log scale' : ''}`,
    scale: { type: range.isLog ? 'log' : 'linear', domain: [range.low, range.high], nice: false },
    axis: {
      labelOverlap: true,
      ...(range.isLog ? { values: logTicks(range), format: '~g' } : { tickCount: 5 }),
    },
  };
  const y = {
    field: 'share',
    type: 'quantitative',
    title: 'machines done',
    scale: { domain: [0, 1] },
    axis: { format: '.0%', tickCount: 5 },
  };
  return [
    {
      mark: { type: 'line', interpolate: 'step-after', strokeWidth: 2 },
      encoding: { x, y, color, strokeDash },
    },
  ];
}

function endS({ points }: Curve): number {
  return points.at(-1)!.timeS;
}

function captionOf(curves: readonly Curve[], panels: readonly (Panel & { isLog: boolean })[]): string {
  const cells = curves.map(({ detail }) => detail.cell);
  const sentences = [
    hasSmallerCounts(curves.map(({ detail }) => detail))
      ? 'Each executor is shown at the largest number of machines that it ran, and at that of each other one where it ran so many.'
      : 'Each executor is shown at the largest number of machines that it ran.',
    cells.some((cell) => cell.runs > 1) ? 'A curve is the average over the runs of its cell.' : '',
    cells.some((cell) => cell.failedMachines > 0)
      ? 'A curve that ends below 100 % has machines that failed.'
      : '',
    panels.some((panel) => panel.isLog)
      ? 'The time axis is logarithmic where the slowest transport takes more than ten times as long as the fastest.'
      : '',
    curves.some(({ points }) => points.length > MOST_POINTS)
      ? `Curves are drawn with ${MOST_POINTS} points at most; the last machine is among them.`
      : '',
  ];
  return sentences.filter((sentence) => sentence !== '').join(' ');
}
