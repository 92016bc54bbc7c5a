import type { RunRecord } from '../record/run-record.ts';
import { hasFinished } from './run-outcome.ts';

/** From `timeS` on, `share` of the machines are done. */
export interface CompletionPoint {
  /** From the first power-on [s]. */
  readonly timeS: number;
  /** 0 to 1. */
  readonly share: number;
}

/**
 * Share of the machines that are done over time, averaged over the runs of a cell; starts at (0, 0).
 * Machines that failed count among all machines, so that their curve ends below 1.
 */
export function completionCurve(runs: readonly RunRecord[]): CompletionPoint[] {
  const fleet = runs.flatMap((record) => record.fleet);
  const doneS = fleet
    .filter(hasFinished)
    .map((machine) => machine.doneS)
    .sort((a, b) => a - b);
  const steps = doneS.map((timeS, index) => ({ timeS, share: (index + 1) / fleet.length }));
  const lastOfTime = steps.filter((step, index) => step.timeS !== steps[index + 1]?.timeS);
  return [{ timeS: 0, share: 0 }, ...lastOfTime];
}

/** At most `limit` of the points, evenly spread by index; the first and the last stay. */
export function thinned<Point>(points: readonly Point[], limit: number): readonly Point[] {
  if (points.length <= limit) return points;
  const stride = (points.length - 1) / (limit - 1);
  return Array.from({ length: limit }, (_, index) => points[Math.round(index * stride)]!);
}
