import type { CellDetail } from '../metrics/cell.ts';
import { counted, variantWords } from '../metrics/plain-words.ts';

/**
 * The cells at the largest machine count of each executor, of whatever executor they are: simulations reach further than
 * labs, and are held against these there.
 */
export function atLargestCounts(details: readonly CellDetail[]): CellDetail[] {
  const byExecutor = Map.groupBy(details, ({ cell }) => cell.executor);
  const largest = [...byExecutor.values()].map((own) => Math.max(...own.map(({ cell }) => cell.machines)));
  return details.filter(({ cell }) => largest.includes(cell.machines));
}

/** Whether an executor is among them with more than one count: at its largest and at that of another. */
export function hasSmallerCounts(details: readonly CellDetail[]): boolean {
  const byExecutor = Map.groupBy(details, ({ cell }) => cell.executor);
  return [...byExecutor.values()].some((own) => new Set(own.map(({ cell }) => cell.machines)).size > 1);
}

/** Names the panel of a cell: its machines, led by its variant where the cells have more than one. */
export function panelNamer(details: readonly CellDetail[]): (detail: CellDetail) => string {
  const hasVariants = new Set(details.map(({ cell }) => cell.variant)).size > 1;
  return ({ cell }) =>
    [...(hasVariants ? [variantWords(cell.variant)] : []), counted(cell.machines, 'machine')].join(', ');
}
