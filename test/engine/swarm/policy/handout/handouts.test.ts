import { array, assert, constantFrom, integer, nat, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  HANDOUTS,
  type HandoutName,
} from '../../../../../src/engine/swarm/policy/handout/handout-by-name.ts';
import { ASwarm } from './a-membership.ts';

const NAMES = Object.keys(HANDOUTS) as HandoutName[];

/** What befalls a swarm: somebody joins, asks again, or dies. */
const anyStory = record({
  wanted: integer({ min: 1, max: 12 }),
  randomSeed: nat(),
  steps: array(
    record({
      what: constantFrom('join', 'join', 'join', 'ask', 'die'),
      who: nat(),
      site: constantFrom('near', 'far', 'third'),
      isHidden: constantFrom(false, false, true),
    }),
    { maxLength: 60 },
  ),
});

describe.each(NAMES)('the handout `%s`', (name) => {
  it('never hands out the asker, nobody twice, nobody dead, and no more than wanted', () => {
    assert(
      property(anyStory, ({ wanted, randomSeed, steps }) => {
        const swarm = new ASwarm(name, wanted, randomSeed);
        for (const { what, who, ...place } of steps) {
          const member = swarm.living[who % swarm.living.length];
          if (what === 'die' && member !== undefined) swarm.die(member);
          if (what === 'join' || member === undefined) swarm.join(place);
          if (what !== 'ask' || member === undefined) continue;
          const told = swarm.ask(member);
          expect(told).not.toContain(member);
          expect(new Set(told).size).toBe(told.length);
          expect(told.filter((other) => !swarm.living.includes(other))).toEqual([]);
          expect(told.length).toBeLessThanOrEqual(wanted);
        }
      }),
    );
  });

  it('keeps links mutual, and forgets the dead', () => {
    assert(
      property(anyStory, ({ wanted, randomSeed, steps }) => {
        const swarm = new ASwarm(name, wanted, randomSeed);
        for (const { what, who, ...place } of steps) {
          const member = swarm.living[who % swarm.living.length];
          if (what === 'die' && member !== undefined) swarm.die(member);
          else swarm.join(place);
        }
        const { members, living } = swarm;
        for (const member of living) {
          const others = members.linksOf(member);
          expect(others.filter((other) => !living.includes(other))).toEqual([]);
          expect(others.filter((other) => !members.linksOf(other).includes(member))).toEqual([]);
          const across = others.filter((other) => members.areApart(member, other));
          expect(members.linksAcrossOf(member)).toBe(across.length);
        }
      }),
    );
  });
});

describe('the handout `random`', () => {
  it('hands out everybody equally often', () => {
    const swarm = new ASwarm('random', 3);
    for (let joined = 0; joined < 9; joined++) swarm.join();
    const times = Array(10).fill(0);
    for (let asks = 0; asks < 3_000; asks++) for (const other of swarm.ask(4)) times[other]++;
    expect(times[4]).toBe(0);
    // 1000 each; the standard deviation is 26.
    expect(Math.min(...times.toSpliced(4, 1))).toBeGreaterThan(870);
    expect(Math.max(...times)).toBeLessThan(1_130);
  });
});

/** Members, wanted, random seed. */
const anyRegular = [integer({ min: 1, max: 120 }), integer({ min: 2, max: 40 }), nat()] as const;

describe('the handout `regular`', () => {
  it('links everybody to the source, and to as many as it wants or half of them, while nobody dies', () => {
    assert(
      property(...anyRegular, (joining, wanted, randomSeed) => {
        const swarm = new ASwarm('regular', wanted, randomSeed);
        for (let joined = 0; joined < joining; joined++) swarm.join();
        expect(swarm.reachable()).toBe(joining + 1);
        const [source, ...others] = swarm.degrees();
        expect(source).toBe(Math.min(joining, 128));
        expect(Math.min(...others)).toBeGreaterThanOrEqual(Math.min(joining, Math.ceil(wanted / 2)));
        expect(Math.max(...others)).toBeLessThanOrEqual(1.5 * wanted + 7);
      }),
    );
  });

  it('is a full mesh where nobody wants less', () => {
    const swarm = new ASwarm('regular', 20);
    for (let joined = 0; joined < 20; joined++) swarm.join();
    expect(swarm.degrees()).toEqual(Array(21).fill(20));
  });

  it('has no member but the source with many more links than others, as random answers have', () => {
    const most = (name: HandoutName) => {
      const swarm = new ASwarm(name, 10);
      for (let joined = 0; joined < 1_000; joined++) swarm.join();
      return Math.max(...swarm.degrees().slice(1));
    };
    expect(most('regular')).toBeLessThanOrEqual(16);
    expect(most('random')).toBeGreaterThan(30);
  });

  it('keeps even the last to come within few hops of the first', () => {
    const swarm = new ASwarm('regular', 10);
    for (let joined = 0; joined < 1_000; joined++) swarm.join();
    let reached = new Set([0]);
    for (let hops = 0; hops < 8; hops++)
      reached = new Set([...reached].flatMap((member) => [member, ...swarm.members.linksOf(member)]));
    expect(reached.size).toBe(1_001);
  });

  it('mends the swarm when those ask again whose neighbours have died', () => {
    assert(
      property(
        integer({ min: 20, max: 80 }),
        integer({ min: 4, max: 12 }),
        nat(),
        (joining, wanted, seed) => {
          const swarm = new ASwarm('regular', wanted, seed);
          for (let joined = 0; joined < joining; joined++) swarm.join();
          for (const member of swarm.living.filter((number) => number % 2 === 1)) swarm.die(member);
          for (let rounds = 0; rounds < 3; rounds++) for (const member of swarm.living) swarm.ask(member);
          expect(swarm.reachable()).toBe(swarm.living.length);
          expect(Math.min(...swarm.degrees())).toBeGreaterThanOrEqual(
            Math.min(wanted - 1, swarm.living.length - 1),
          );
        },
      ),
    );
  });

  it('tells again whom it has told of, but not those who were told of the asker', () => {
    const swarm = new ASwarm('regular', 20);
    const [second, third] = [swarm.join(), swarm.join()];
    expect(swarm.ask(second)).toEqual([0]);
    expect(swarm.ask(third).toSorted()).toEqual([0, second]);
  });
});

describe('the handout `chain`', () => {
  it('hands out the one that joined just before, the seeder to the first', () => {
    const swarm = new ASwarm('chain', 50);
    const line = [swarm.join(), swarm.join(), swarm.join()];
    expect(line.map((member) => swarm.ask(member))).toEqual([[0], [1], [2]]);
    expect(swarm.ask(0)).toEqual([]);
  });

  it('closes the gap when some in it have died', () => {
    assert(
      property(integer({ min: 1, max: 30 }), array(nat(), { maxLength: 20 }), (joining, deaths) => {
        const swarm = new ASwarm('chain', 1);
        for (let joined = 0; joined < joining; joined++) swarm.join();
        for (const who of deaths) {
          const [member] = swarm.living.slice(1).slice(who % Math.max(1, swarm.living.length - 1));
          if (member !== undefined) swarm.die(member);
        }
        const [, ...line] = swarm.living;
        expect(line.map((member) => swarm.ask(member))).toEqual(
          line.map((_, place) => [swarm.living[place]!]),
        );
      }),
    );
  });

  it('hands out the seeder to the first even if that has joined anew', () => {
    const swarm = new ASwarm('chain', 1);
    const first = swarm.join();
    swarm.die(0);
    const seeder = swarm.join({ isSource: true });
    expect(swarm.ask(first)).toEqual([seeder]);
  });

  it('passes over those whom the asker cannot connect to', () => {
    const swarm = new ASwarm('chain', 1);
    const behindNat = swarm.join({ site: 'far', isHidden: true });
    expect(swarm.ask(swarm.join())).toEqual([0]);
    expect(swarm.ask(swarm.join({ site: 'far', isHidden: true }))).not.toEqual([behindNat]);
  });
});
