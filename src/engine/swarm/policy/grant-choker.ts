import type { Chance } from './chance.ts';

/** What an uploader knows of its neighbours when a slot is free. */
export interface GrantChoice {
  readonly neighbours: Int32Array;
  /** Uploads that the neighbour is receiving now. */
  downloadsOf(peer: number): number;
  /** Whether the neighbour is interested and not being served by this uploader already. */
  canReceive(peer: number): boolean;
}

/**
 * Whom to unchoke next: every upload is a grant of one piece, so this is asked whenever a slot is free, not by a timer.
 * The neighbour with the fewest downloads comes first: it will be done with the piece soonest, and its downlink is not
 * taken from the seeder's fresh pieces.
 * @returns a neighbour, equal ones from a random place on, or -1
 */
export function nextGrant({ neighbours, downloadsOf, canReceive }: GrantChoice, chance: Chance): number {
  if (neighbours.length === 0) return -1;
  const start = chance.below(neighbours.length);
  let next = -1;
  let fewest = Number.POSITIVE_INFINITY;
  for (let step = 0; step < neighbours.length && fewest > 0; step++) {
    const place = start + step;
    const peer = neighbours[place < neighbours.length ? place : place - neighbours.length]!;
    const downloads = downloadsOf(peer);
    if (downloads >= fewest || !canReceive(peer)) continue;
    fewest = downloads;
    next = peer;
  }
  return next;
}
