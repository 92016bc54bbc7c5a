import type { Handout } from './handout.ts';

/**
 * The member that joined just before the asker and is still there, for the first a source: everybody passes the image on
 * to the next. A source asks nobody.
 */
export const chain: Handout = ({ members, asker }) => {
  if (members.isSource(asker)) return [];
  const canBeReached = (other: number) => members.canReach(asker, other);
  const [before] = members.before(asker).filter(canBeReached);
  return before === undefined ? [...members.sources].slice(0, 1) : [before];
};
