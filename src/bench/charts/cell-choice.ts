import type { CellDetail } from '../metrics/cell.ts';
import { counted, variantWords } from '../metrics/plain-words.ts';

/** The cells at the largest machine count of each executor: simulations reach further than labs. */
export function atLargestCounts(details: readonly CellDetail[]): CellDetail[] {
  const byExecutor = Map.groupBy(details, ({ cell }) => cell.executor);
  const largest = [...byExecutor.values()].map((own) => Math.max(...own.map(({ cell }) => cell.machines)));
  return details.filter(({ cell }) => largest.includes(cell.machines));
}

/** Names the panel of a cell: its machines, led by its variant where the cells have more than one. */
export function panelNamer(details: readonly CellDetail[]): (detail: CellDetail) => string {
  const hasVariants = new Set(details.map(({ cell }) => cell.variant)).size > 1;
  return ({ cell }) =>
    [...(hasVariants ? [variantWords(cell.variant)] : []), counted(cell.machines, 'machine')].join(', ');
}
