import { inRandomOrder } from '../random-order.ts';
import type { Ask, Handout } from './handout.ts';
import type { Membership } from './membership.ts';
import { fewestLinksFirst } from './regular-handout.ts';

/** Links of a member to other sites, as a rule. */
export const LINKS_ACROSS = 2;
/** Members of a site that are looked at for those with few links to others. */
const DRAWN_PER_SITE = 16;

/**
 * The own site as by the regular handout, and few links across the WAN. Every member has a way to a site with a source;
 * only for that a member there gets more links across than the rule allows.
 */
export const sites: Handout = (ask) => {
  const { members, asker, wanted } = ask;
  const across = linksAcross(ask).slice(0, wanted);
  const inside = fewestLinksFirst({ ...ask, wanted: wanted - across.length }, members.siteOf(asker));
  return [...across, ...inside];
};

function linksAcross(ask: Ask): number[] {
  const { members, asker } = ask;
  const known = members.toldOf(asker).filter((other) => members.areApart(asker, other));
  const others = byLoad(ask);
  const wayHome = hasWayHome(members, asker) ? [] : waysHome(ask, others).slice(0, 1);
  const free = Math.max(0, LINKS_ACROSS - members.linksAcrossOf(asker) - wayHome.length);
  const more = others.filter(
    (other) => loadAcross(members, other) < LINKS_ACROSS && !wayHome.includes(other),
  );
  return [...known, ...wayHome, ...more.slice(0, free)];
}

/** Where no source is left, who knows nobody and is alone at its site gets a link all the same. */
function waysHome({ members, asker }: Ask, others: readonly number[]): readonly number[] {
  const bySource = others.filter(members.isBySource);
  const isAlone = members.linksOf(asker).length === 0 && members.siteOf(asker).members.length === 1;
  return bySource.length === 0 && isAlone ? others : bySource;
}

function hasWayHome(members: Membership, asker: number): boolean {
  return members.isBySource(asker) || members.linksOf(asker).some(members.isBySource);
}

/** Members of other sites that the asker could be linked to, those with the fewest links across first. */
function byLoad({ members, asker, chance }: Ask): number[] {
  const links = members.linksOf(asker);
  const drawn = members.sitesBeside(asker).flatMap((site) =>
    inRandomOrder(site.members, chance)
      .filter((other) => !links.includes(other) && members.canReach(asker, other))
      .take(DRAWN_PER_SITE)
      .toArray(),
  );
  return drawn.sort((one, other) => loadAcross(members, one) - loadAcross(members, other));
}

/** A source counts as loaded: its uplink is for the fresh pieces of its own site. */
function loadAcross(members: Membership, member: number): number {
  return members.linksAcrossOf(member) + (members.isSource(member) ? LINKS_ACROSS : 0);
}
