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
  /** Peers that have everything from the start beside the first one, and join right after it. Default: none. */
  readonly otherSources?: readonly number[];
}

/** Who knows whom once all have joined and asked the tracker once; it is mutual. */
export function handOutPeers(
  { sites, handout, wanted, otherSources = [] }: JoiningPeers,
  chance: Chance,
): NeighbourLists {
  const members = new Membership();
  const sources = new Set([0, ...otherSources]);
  /** By number of a member, which is its turn to join: its peer. */
  const peers = [...sources, ...[...sites.keys()].filter((peer) => !sources.has(peer))];
  for (const peer of peers) {
    const asker = members.join({ site: String(sites[peer]), isSource: sources.has(peer), isHidden: false });
    const ask = { members, asker, wanted: Math.max(FEWEST_WANTED, wanted), chance };
    members.tell(asker, HANDOUTS[handout](ask));
  }
  const lists: number[][] = [];
  for (const [member, peer] of peers.entries())
    lists[peer] = members.linksOf(member).map((other) => peers[other]!);
  return new NeighbourLists(lists);
}
