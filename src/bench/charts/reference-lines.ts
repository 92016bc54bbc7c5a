import type { CellDetail } from '../metrics/cell.ts';
import { TRANSPORT_COLOURS } from './chart-style.ts';
import type { MachineRow } from './machine-lines.ts';
import { referenceSeries, type Series } from './series.ts';

/** Lines of theory beside the runs of one variant. Values in seconds. */
export interface ReferenceLines {
  readonly bounds: readonly MachineRow[];
  /** From the smallest to the largest machine count; empty where there is only one. */
  readonly model: readonly MachineRow[];
}

/** One copy of the image over the server's uplink [s], or null where no record knows it. */
export function copyTimeOf(details: readonly CellDetail[]): number | null {
  return details.flatMap(({ runs }) => runs).find((record) => record.bounds !== null)?.bounds?.copyS ?? null;
}

/** Lines of theory by name. */
export const MODEL = referenceSeries('model τ log₂ n', [11, 4, 2, 4]);
export const BOUND = referenceSeries('lower bound', []);
export const MULTICAST_BOUND = referenceSeries('multicast bound', [1, 3], TRANSPORT_COLOURS.multicast);

/** Points of the model's line: straight against log2 n, but bent where the y axis is logarithmic too. */
const MODEL_STEPS = 32;

/** Looks of every line of theory, in the order of the legend. */
export const REFERENCE_SERIES = [BOUND, MULTICAST_BOUND, MODEL] as const;

/**
 * The lower bounds and the model tau log2 n of the seed paper.
 * @param details the cells of one variant
 */
export function referenceLines(details: readonly CellDetail[]): ReferenceLines {
  const multicast = hasOwnMulticastBound(details) ? boundRows(details, MULTICAST_BOUND) : [];
  return { bounds: [...boundRows(details, BOUND), ...multicast], model: modelRows(details) };
}

function modelRows(details: readonly CellDetail[]): MachineRow[] {
  const copyS = copyTimeOf(details);
  const counts = details.map(({ cell }) => cell.machines);
  const [low, high] = [Math.min(...counts), Math.max(...counts)];
  if (copyS === null || low === high) return [];
  return Array.from({ length: MODEL_STEPS + 1 }, (_, step) => {
    const machines = low * (high / low) ** (step / MODEL_STEPS);
    return rowAt(MODEL, { machines, value: copyS * Math.log2(machines) });
  });
}

/** Lowest bound at each count; with one count only, a short line through it. */
function boundRows(details: readonly CellDetail[], series: Series): MachineRow[] {
  const own = details.filter(({ cell }) => isBoundOf(series, cell.transport) && cell.lowerBoundS !== null);
  const byCount = [...Map.groupBy(own, ({ cell }) => cell.machines)].sort(([a], [b]) => a - b);
  const points = byCount.map(([machines, same]) => ({
    machines,
    value: Math.min(...same.map(({ cell }) => cell.lowerBoundS!)),
  }));
  const [only] = points;
  const ends =
    points.length === 1
      ? [
          { ...only!, machines: only!.machines / 1.5 },
          { ...only!, machines: only!.machines * 1.5 },
        ]
      : points;
  return ends.map((point) => rowAt(series, point));
}

function isBoundOf(series: Series, transport: string): boolean {
  return (series === MULTICAST_BOUND) === transport.endsWith('multicast');
}

/** The network copies for multicast, so that its bound may lie below that of the transports that send to one machine at a time. */
function hasOwnMulticastBound(details: readonly CellDetail[]): boolean {
  const multicast = boundRows(details, MULTICAST_BOUND);
  const others = boundRows(details, BOUND);
  return multicast.some(({ machines, value }) => {
    const same = others.find((row) => row.machines === machines);
    return same === undefined || Math.abs(same.value - value) > value * 1e-6;
  });
}

function rowAt(series: Series, at: { machines: number; value: number }): MachineRow {
  return { series: series.label, ...at };
}
