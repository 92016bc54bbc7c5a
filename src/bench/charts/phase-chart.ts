import type { TopLevelSpec } from 'vega-lite';
import type { CellDetail } from '../metrics/cell.ts';
import { type PhaseOrWaiting, waitingWords } from '../metrics/phase-times.ts';
import { atLargestCounts, hasSmallerCounts } from './cell-choice.ts';
import type { Chart } from './chart.ts';
import { CHART_CONFIG, INK, PHASE_COLOURS } from './chart-style.ts';
import { type BarPanel, type BarScale, barPanels, barScale, barsOf } from './phase-bars.ts';

const TITLE = 'Where the time of a machine goes';

/** More bars than these fill pages; the table has them all. */
const MOST_BARS = 36;

/** Mean time per phase as stacked bars; undefined where no run has phases. */
export function phaseChart(details: readonly CellDetail[]): Chart | undefined {
  const all = barsOf(details);
  if (all.length === 0) return undefined;
  const bars = all.length > MOST_BARS ? barsOf(atLargestCounts(all.map((bar) => bar.detail))) : all;
  const scale = barScale(bars);
  return {
    name: 'phases',
    title: TITLE,
    caption: captionOf(
      bars.map((bar) => bar.detail),
      { scale, isShortened: bars.length < all.length },
    ),
    spec: specOf(barPanels(bars, scale), scale.title),
  };
}

function specOf(panels: readonly BarPanel[], axisTitle: string): TopLevelSpec {
  const longest = Math.max(...panels.flatMap(({ totals }) => totals.map(({ end }) => end)));
  const color = phaseColour(new Set(panels.flatMap(({ rows }) => rows.map((row) => row.phase))));
  const drawings = panels.map((panel, index) => {
    const isLast = index === panels.length - 1;
    return drawing(panel, { longest, color, axisTitle: isLast ? axisTitle : null });
  });
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    description: 'Mean time per phase and machine, one bar per cell.',
    title: TITLE,
    config: CHART_CONFIG,
    spacing: 10,
    vconcat: drawings,
  } as unknown as TopLevelSpec;
}

function phaseColour(present: ReadonlySet<PhaseOrWaiting>) {
  const phases = (Object.keys(PHASE_COLOURS) as PhaseOrWaiting[]).filter((phase) => present.has(phase));
  return {
    field: 'phase',
    type: 'nominal',
    scale: { domain: phases, range: phases.map((phase) => PHASE_COLOURS[phase]) },
    legend: { title: null, orient: 'bottom', columns: 5, symbolSize: 130 },
  };
}

interface Frame {
  /** End of the x axis, the same in all panels. */
  readonly longest: number;
  readonly color: object;
  /** Null for a panel that leaves the axis to the last one. */
  readonly axisTitle: string | null;
}

function drawing({ name, rows, totals }: BarPanel, { longest, color, axisTitle }: Frame) {
  const hasAxis = axisTitle !== null;
  const axis = {
    grid: true,
    tickCount: 6,
    labels: hasAxis,
    ticks: hasAxis,
    domain: hasAxis,
    title: axisTitle,
  };
  const x = { type: 'quantitative', scale: { domain: [0, longest], nice: false }, axis };
  const y = { field: 'bar', type: 'nominal', sort: null, title: null, axis: { ticks: false, domain: false } };
  return {
    title: { text: name, fontSize: 12, offset: 4, frame: 'group' },
    width: 370,
    height: { step: 24 },
    layer: [
      {
        data: { values: rows },
        mark: { type: 'bar', stroke: 'white', strokeWidth: 0.75 },
        encoding: { y, x: { ...x, field: 'length' }, color, order: { field: 'order', type: 'quantitative' } },
      },
      {
        data: { values: totals },
        mark: { type: 'text', align: 'left', dx: 6, fontSize: 12, color: INK },
        encoding: { y, x: { ...x, field: 'end' }, text: { field: 'total', type: 'nominal' } },
      },
    ],
  };
}

function captionOf(details: readonly CellDetail[], drawn: { scale: BarScale; isShortened: boolean }): string {
  const sentences = [
    'Mean over the machines that finished, over all runs of a cell; at the end of a bar stands its whole time.',
    drawn.scale.areShares
      ? 'The times differ so much that every bar is drawn as shares of its own time.'
      : '',
    waitingWords(details.flatMap(({ runs }) => runs)),
    drawn.isShortened ? choiceWords(details) : '',
  ];
  return sentences.filter((sentence) => sentence !== '').join(' ');
}

function choiceWords(details: readonly CellDetail[]): string {
  const others = hasSmallerCounts(details) ? ', and the same number of the others that ran so many' : '';
  return `Only the largest number of machines of each executor is drawn${others}; the table of phases has all.`;
}
