import { counted } from '../metrics/plain-words.ts';
import { machineAxis, type ValueRange, valueAxis } from './machine-axis.ts';
import { labelsWhere, type Series, seriesChannels } from './series.ts';

/** One point of a chart over machine counts, in the unit of its axis. */
export interface MachineRow {
  /** Label of the series. */
  readonly series: string;
  readonly machines: number;
  readonly value: number;
  /** Ends of the interval, where there is one. */
  readonly low?: number;
  readonly high?: number;
}

/** The axes of a chart over machine counts. */
export interface MachineAxes {
  /** The counts that were run. */
  readonly counts: readonly number[];
  /** What the value is, with its unit. */
  readonly title: string;
  readonly range: ValueRange;
}

/** Marks of a chart over machine counts: lines, intervals and points. With one count only, points stand side by side. */
export function machineLayers(series: readonly Series[], axes: MachineAxes) {
  const { color, strokeDash, shape, fill } = seriesChannels(series);
  const isOneCount = new Set(axes.counts).size === 1;
  const x = isOneCount ? seriesAxis(series, axes.counts[0]!) : machineAxis(axes.counts);
  const y = valueAxis('value', axes.title, axes.range);
  const only = (passes: (one: Series) => boolean) => ({
    filter: { field: 'series', oneOf: labelsWhere(series, passes) },
  });
  return [
    {
      transform: [only((one) => one.hasLine && !one.hasPoints)],
      ...(isOneCount
        ? { mark: { type: 'rule', strokeWidth: 1.5 }, encoding: { y, color, strokeDash } }
        : {
            // The bound of a single count reaches beyond the axis where panels have other counts.
            mark: { type: 'line', strokeWidth: 1.5, clip: true },
            encoding: { x, y, color, strokeDash },
          }),
    },
    {
      transform: [only((one) => one.hasLine && one.hasPoints)],
      mark: { type: 'line', strokeWidth: 2 },
      encoding: { x, y, color, strokeDash },
    },
    {
      transform: [{ filter: 'isValid(datum.low)' }],
      mark: { type: 'rule', strokeWidth: 1.5 },
      encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color },
    },
    {
      transform: [only((one) => one.hasPoints)],
      mark: { type: 'point', opacity: 1, size: 60, strokeWidth: 1.75 },
      encoding: { x, y, color, fill, shape },
    },
  ];
}

/** A place for each series that has points, in the order of the legend, which names them. */
function seriesAxis(series: readonly Series[], machines: number) {
  return {
    field: 'series',
    type: 'nominal' as const,
    title: counted(machines, 'machine'),
    scale: { domain: labelsWhere(series, (one) => one.hasPoints) },
    axis: { labels: false, ticks: false },
  };
}
