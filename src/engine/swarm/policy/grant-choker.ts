import type { Chance } from './chance.ts';

/** What an uploader knows of its neighbours when a slot is free. */
export interface GrantChoice {
  /** From place `start` on, and up to `end`. */
  readonly neighbours: Int32Array;
  readonly start: number;
  readonly end: number;
  /** What the neighbour has or is being given, from 0 up: the least comes first. */
  wealthOf(peer: number): number;
  /** Whether the neighbour is interested and not being served by this uploader already. */
  canReceive(peer: number): boolean;
}

/**
 * Whom to unchoke next: every upload is a grant of one piece, so this is asked whenever a slot is free, not by a timer.
 * The poorest comes first. Where that is the one with the fewest downloads it will be done with the piece soonest, and
 * its downlink is not taken from the seeder's fresh pieces; where it is the one with the fewest pieces all are done
 * together.
 * @returns a neighbour, equal ones from a random place on, or -1
 */
export function nextGrant(choice: GrantChoice, chance: Chance): number {
  const { neighbours, start, end, wealthOf, canReceive } = choice;
  const count = end - start;
  if (count === 0) return -1;
  const first = start + chance.below(count);
  let next = -1;
  let least = Number.POSITIVE_INFINITY;
  for (let step = 0; step < count && least > 0; step++) {
    const place = first + step;
    const peer = neighbours[place < end ? place : place - count]!;
    const wealth = wealthOf(peer);
    if (wealth >= least || !canReceive(peer)) continue;
    least = wealth;
    next = peer;
  }
  return next;
}
