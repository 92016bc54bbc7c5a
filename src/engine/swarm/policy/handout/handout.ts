import type { Chance } from '../chance.ts';
import type { Membership } from './membership.ts';

/** A member asks its tracker for others to connect to. */
export interface Ask {
  readonly members: Membership;
  readonly asker: number;
  /** Others at most. */
  readonly wanted: number;
  readonly chance: Chance;
}

/**
 * Chooses those whom a member is told of when it joins and whenever it asks again: never itself, nobody twice, and again
 * those whom it was told of before, where it should still be connected to them. Whoever calls tells the membership.
 */
export type Handout = (ask: Ask) => number[];
