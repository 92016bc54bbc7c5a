import type { Cell } from '../metrics/cell.ts';
import { counted, listed, SOURCE_WORDS, TRANSPORT_WORDS, variantWords } from '../metrics/plain-words.ts';

/** More cells than these are counted, not named. */
const MOST_NAMED = 4;

/** `P2P with 5 machines (simulated) and unicast with 5 machines (measured in netns, slow)`. */
export function cellWords(cells: readonly Cell[]): string {
  const names = cells.slice(0, MOST_NAMED).map((cell) => {
    const variant = cell.variant === '' ? '' : `, ${variantWords(cell.variant)}`;
    return `${TRANSPORT_WORDS[cell.transport]} with ${counted(cell.machines, 'machine')} (${SOURCE_WORDS[cell.executor]}${variant})`;
  });
  const more = cells.length - names.length;
  return listed(more > 0 ? [...names, `${counted(more, 'other cell')}`] : names);
}
