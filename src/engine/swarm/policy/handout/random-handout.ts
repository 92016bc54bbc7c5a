import { inRandomOrder } from '../random-order.ts';
import type { Handout } from './handout.ts';

/** Anybody, each as likely as the next, anew at every ask: what trackers of the internet do. */
export const random: Handout = ({ members, asker, wanted, chance }) =>
  inRandomOrder(members.everybody.members, chance)
    .filter((other) => other !== asker)
    .take(wanted)
    .toArray();
