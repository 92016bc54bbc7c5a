import type { CellDetail } from '../metrics/cell.ts';
import type { Figure } from './figure.ts';

/** What a figure should be. */
export type Goal = { readonly atMost: number } | { readonly atLeast: number };

/** One line of the comparison: what was measured, and what it should be. */
export interface GoalRow {
  readonly what: string;
  readonly goal: Goal;
  readonly figure: Figure;
  /** Runs of our client behind the figure. */
  readonly runs: number;
  /** Use of the computer's processors in the run that used them most, 0 to 1, or null. */
  readonly busyShare: number | null;
}

export type Verdict = 'met' | 'missed' | 'not measured';

/** @param details the cells that the figure comes from; undefined for one that was not run */
export function goalRow(
  what: string,
  goal: Goal,
  { figure, details }: { figure: Figure; details: readonly (CellDetail | undefined)[] },
): GoalRow {
  const cells = details.flatMap((detail) => detail?.cell ?? []);
  const shares = cells.flatMap(({ busyShare }) => busyShare ?? []);
  return {
    what,
    goal,
    figure,
    runs: details[0]?.cell.runs ?? 0,
    busyShare: shares.length === 0 ? null : Math.max(...shares),
  };
}

/** Machines that did not finish meet no goal. */
export function verdictOf({ goal, figure }: Pick<GoalRow, 'goal' | 'figure'>): Verdict {
  if (figure.kind === 'missing') return 'not measured';
  if (figure.kind === 'unfinished') return 'missed';
  if ('atLeast' in goal) return figure.value >= goal.atLeast ? 'met' : 'missed';
  return figure.value <= goal.atMost && !figure.isAtLeast ? 'met' : 'missed';
}
