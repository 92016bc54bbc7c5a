import { array, assert, boolean, constantFrom, integer, nat, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HANDOUTS } from '../../../../../src/engine/swarm/policy/handout/handout-by-name.ts';
import { Membership } from '../../../../../src/engine/swarm/policy/handout/membership.ts';
import { LINKS_ACROSS } from '../../../../../src/engine/swarm/policy/handout/sites-handout.ts';
import { RandomStream } from '../../../../../src/sim/kernel/random-stream.ts';
import { ASwarm } from './a-membership.ts';

const anyFleet = record({
  sites: array(constantFrom('near', 'far', 'third'), { minLength: 1, maxLength: 60 }),
  hidden: record({ near: constantFrom(false), far: boolean(), third: boolean() }),
  wanted: integer({ min: 6, max: 60 }),
  randomSeed: nat(),
});

/** Two sites of ten, whose machines join in turn or one site after the other. */
function twoSites(order: 'in turn' | 'near first' | 'far first', isHidden = false): ASwarm {
  const swarm = new ASwarm('sites', 50);
  const places = Array.from({ length: 20 }, (_, place) => (place % 2 === 0 ? 'near' : 'far'));
  if (order !== 'in turn') places.sort();
  if (order === 'near first') places.reverse();
  for (const site of places) swarm.join({ site, isHidden: isHidden && site === 'far' });
  return swarm;
}

describe('the handout `sites`', () => {
  it.each(['in turn', 'near first', 'far first'] as const)(
    'links two members to the other site at most, where they join %s; only a seeder that is alone serves more',
    (order) => {
      const { members, living } = twoSites(order);
      const links = living.map((member) => members.linksAcrossOf(member));
      expect(Math.max(...links.slice(1))).toBeLessThanOrEqual(LINKS_ACROSS);
      expect(Math.min(...links.filter((_, member) => members.areApart(0, member)))).toBeGreaterThanOrEqual(1);
      expect(links[0]).toBe({ 'in turn': 0, 'near first': 0, 'far first': 10 }[order]);
    },
  );

  it('links one that is alone at its site to some other, though no source is left and all have their links', () => {
    const members = new Membership();
    const at = (site: string) => members.join({ site, isSource: false, isHidden: false });
    const [near, far] = [
      [at('near'), at('near')],
      [at('far'), at('far')],
    ] as const;
    for (const member of near) members.tell(member, far);
    const asker = at('third');
    const told = HANDOUTS.sites({ members, asker, wanted: 24, chance: new RandomStream(1, 'handout') });
    expect(told).toHaveLength(1);
  });

  it('is a full mesh inside of each small site', () => {
    const { members, living } = twoSites('in turn');
    const inside = living.map((member) => members.linksOf(member).length - members.linksAcrossOf(member));
    expect(inside.toSorted()).toEqual([...Array(10).fill(9), ...Array(11).fill(10)].sort());
  });

  it('links everybody, and every site in itself, whatever the order', () => {
    assert(
      property(anyFleet, ({ sites, hidden, wanted, randomSeed }) => {
        const swarm = new ASwarm('sites', wanted, randomSeed);
        for (const site of sites) swarm.join({ site, isHidden: hidden[site] });
        const { members, living } = swarm;
        expect(swarm.reachable()).toBe(living.length);
        const near = living.filter((member) => !members.areApart(0, member));
        expect(swarm.reachable((one, other) => !members.areApart(one, other))).toBe(near.length);
      }),
    );
  });

  it('gives every member elsewhere a way of its own to the site of the seeder', () => {
    assert(
      property(anyFleet, ({ sites, hidden, wanted, randomSeed }) => {
        const swarm = new ASwarm('sites', wanted, randomSeed);
        for (const site of sites) swarm.join({ site, isHidden: hidden[site] });
        const { members, living } = swarm;
        const cutOff = living.filter(
          (member) => !members.isBySource(member) && !members.linksOf(member).some(members.isBySource),
        );
        expect(cutOff).toEqual([]);
      }),
    );
  });

  it('finds that way again when it has died', () => {
    const swarm = twoSites('in turn');
    const { members, living } = swarm;
    for (const member of living.filter((number) => number !== 0 && !members.areApart(0, number)))
      swarm.die(member);
    for (const member of living.slice(1)) expect(swarm.ask(member)).toContain(0);
    expect(swarm.reachable()).toBe(11);
  });

  it('hands out to nobody whom it cannot connect to', () => {
    const swarm = new ASwarm('sites', 50);
    const far = [1, 2].map(() => swarm.join({ site: 'far', isHidden: true }));
    const near = swarm.join();
    expect(swarm.ask(near)).toEqual([0]);
    expect(swarm.ask(far[1]!)).toContain(far[0]);
  });

  it('tells again whom it has told of elsewhere, but not those who were told of the asker', () => {
    const swarm = new ASwarm('sites', 50);
    const near = swarm.join();
    const far = swarm.join({ site: 'far' });
    expect(swarm.members.linksOf(near).includes(far)).toBe(true);
    expect(swarm.ask(far)).toContain(near);
    expect(swarm.ask(near)).not.toContain(far);
  });

  it('tells those behind a NAT that came first of members elsewhere when they ask again', () => {
    const swarm = twoSites('far first', true);
    for (const member of swarm.living) swarm.ask(member);
    const far = swarm.living.filter((member) => swarm.members.areApart(0, member));
    expect(far.map((member) => swarm.members.linksAcrossOf(member))).toEqual(Array(10).fill(2));
    expect(swarm.members.linksAcrossOf(0)).toBe(10);
  });
});
