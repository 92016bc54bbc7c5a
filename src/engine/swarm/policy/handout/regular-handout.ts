import { inRandomOrder } from '../random-order.ts';
import type { Ask, Handout } from './handout.ts';
import type { Roster } from './roster.ts';

/** Links that everybody gets where there are so many others: a second way if one dies. */
const FEWEST_LINKS = 2;
/**
 * Those with the fewest links are looked for among this many times as many drawn at random (Azar et al. 1999, Balanced
 * Allocations). The very fewest of all have those who came last: to take them makes a ribbon in the order of joining.
 * A thousand members that want ten each are 199 hops apart then, and 6 with this rule, with 5 to 14 links each.
 */
const DRAWN_PER_TAKEN = 2;

/**
 * Links of a source that the rule is given up for: what is fresh is to be had from a source alone, and goes to those who
 * know it. In a virtual lab of 100 machines and neighbourhoods of 24, a source that only 28 knew took 1.3 copies and 7 %
 * more time.
 */
const SOURCE_LINKS = 128;

/**
 * Sources are this part at most of what a member lacks, and there is somebody else beside them: where they are many, and
 * have no room, it would know nobody. In a model of 40 machines that want four each and keep eight, beside three full
 * sources, 35 had everything from the server alone, and took 18 times as long.
 */
const SOURCE_SHARE = 1 / 2;
const FEWEST_OTHERS = 1;

/** Those with the fewest links so far: a random graph in which everybody has about as many neighbours as it wants. */
export const regular: Handout = (ask) => fewestLinksFirst(ask, ask.members.everybody);

/**
 * The regular handout among some members only, with the asker among them. All of them where they are no more than wanted;
 * else sources, and half of the links that the asker lacks, because the other half comes from those who join later.
 */
export function fewestLinksFirst({ members, asker, wanted, chance }: Ask, among: Roster): number[] {
  const links = members.linksOf(asker);
  const known = members.toldOf(asker).filter((other) => among.has(other));
  const canBeTold = (other: number): boolean =>
    other !== asker && !links.includes(other) && members.canReach(asker, other);
  const lacking = wanted - links.reduce((sum, other) => sum + Number(among.has(other)), 0);
  const sources = [...members.sources]
    .filter(
      (source) => among.has(source) && canBeTold(source) && members.linksOf(source).length < SOURCE_LINKS,
    )
    .slice(0, Math.max(1, Math.floor(SOURCE_SHARE * lacking)));
  const isMesh = among.members.length - 1 <= wanted;
  const taken = isMesh ? lacking : Math.min(lacking, Math.max(FEWEST_LINKS, Math.ceil(lacking / 2)));
  const others = Math.max(taken - sources.length, Math.min(FEWEST_OTHERS, lacking - sources.length), 0);
  const drawn = inRandomOrder(among.members, chance)
    .filter((other) => canBeTold(other) && !sources.includes(other))
    .take(others * DRAWN_PER_TAKEN)
    .toArray();
  drawn.sort((one, other) => members.linksOf(one).length - members.linksOf(other).length);
  return [...sources, ...known, ...drawn.slice(0, others)].slice(0, wanted);
}
