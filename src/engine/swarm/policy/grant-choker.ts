import type { Chance } from './chance.ts';

/**
 * Whom to unchoke next: every upload is a grant of one piece, so this is asked whenever a slot is free, not by a timer.
 * @param canReceive says whether a neighbour is interested and not being served already
 * @returns the first such neighbour from a random place on, or -1
 */
export function nextGrant(neighbours: Int32Array, chance: Chance, canReceive: (peer: number) => boolean): number {
  if (neighbours.length === 0) return -1;
  const start = chance.below(neighbours.length);
  for (let step = 0; step < neighbours.length; step++) {
    const place = start + step;
    const peer = neighbours[place < neighbours.length ? place : place - neighbours.length]!;
    if (canReceive(peer)) return peer;
  }
  return -1;
}
