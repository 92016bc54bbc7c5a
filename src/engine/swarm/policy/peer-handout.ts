import type { Chance } from './chance.ts';
import { HANDOUTS, type HandoutName } from './handout/handout-by-name.ts';
import { Membership } from './handout/membership.ts';
import { NeighbourLists } from './neighbour-lists.ts';

/** Links that everybody asks for at least: a swarm of trees would not survive a death. */
const FEWEST_WANTED = 2;

/** A swarm whose members join one after the other, the seeder first. */
export interface JoiningPeers {
  /** Site by peer. */
  readonly sites: readonly number[];
  readonly handout: HandoutName;
  /** Peers that each asks for. */
  readonly wanted: number;
}

/** Who knows whom once all have joined and asked the tracker once; it is mutual. */
export function handOutPeers({ sites, handout, wanted }: JoiningPeers, chance: Chance): NeighbourLists {
  const members = new Membership();
  const numbers = sites.map((site, peer) => {
    const asker = members.join({ site: String(site), isSource: peer === 0, isHidden: false });
    const ask = { members, asker, wanted: Math.max(FEWEST_WANTED, wanted), chance };
    members.tell(asker, HANDOUTS[handout](ask));
    return asker;
  });
  return new NeighbourLists(numbers.map((number) => members.linksOf(number)));
}
