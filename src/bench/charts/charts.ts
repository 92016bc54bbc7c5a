import type { CellDetail } from '../metrics/cell.ts';
import type { Chart } from './chart.ts';
import { completionChart } from './completion-chart.ts';
import { makespanChart } from './makespan-chart.ts';
import { phaseChart } from './phase-chart.ts';
import { piecesChart } from './pieces-chart.ts';
import { serverCopiesChart } from './server-copies-chart.ts';

/** Every chart that the cells have data for, in the order of the report. */
export function chartsOf(details: readonly CellDetail[]): Chart[] {
  return [makespanChart, completionChart, serverCopiesChart, phaseChart, piecesChart]
    .map((draw) => draw(details))
    .filter((chart) => chart !== undefined);
}
