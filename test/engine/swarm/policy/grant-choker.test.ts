import { array, assert, boolean, nat, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type GrantChoice, nextGrant } from '../../../../src/engine/swarm/policy/grant-choker.ts';
import { RandomStream } from '../../../../src/sim/kernel/random-stream.ts';

interface Neighbour {
  readonly wealth: number;
  readonly canReceive: boolean;
}

/** Neighbours 100, 101, ... in this order. */
function aChoice(neighbours: readonly Neighbour[]): GrantChoice {
  return {
    neighbours: Int32Array.from([7, ...neighbours.keys().map((place) => 100 + place), 7]),
    start: 1,
    end: 1 + neighbours.length,
    wealthOf: (peer) => neighbours[peer - 100]!.wealth,
    canReceive: (peer) => neighbours[peer - 100]!.canReceive,
  };
}

const free = (wealth: number): Neighbour => ({ wealth, canReceive: true });
const closed = (wealth: number): Neighbour => ({ wealth, canReceive: false });
const aStream = (randomSeed = 1) => new RandomStream(randomSeed, 'swarm');
const neighbourhoods = array(record({ wealth: nat(4), canReceive: boolean() }), { maxLength: 20 });

describe('grant choker', () => {
  it('unchokes the neighbour that is poorest', () => {
    for (let randomSeed = 0; randomSeed < 20; randomSeed++) {
      expect(nextGrant(aChoice([free(3), free(1), free(2)]), aStream(randomSeed))).toBe(101);
    }
  });

  it('passes over a poorer one that cannot receive', () => {
    for (let randomSeed = 0; randomSeed < 20; randomSeed++) {
      expect(nextGrant(aChoice([closed(0), free(3), free(2), closed(1)]), aStream(randomSeed))).toBe(102);
    }
  });

  it('unchokes nobody where nobody can receive', () => {
    expect(nextGrant(aChoice([closed(0), closed(1)]), aStream())).toBe(-1);
    expect(nextGrant(aChoice([]), aStream())).toBe(-1);
  });

  it('never leaves a neighbour that can receive for a richer one, nor a slot idle', () => {
    assert(
      property(neighbourhoods, nat(), (neighbours, randomSeed) => {
        const chosen = nextGrant(aChoice(neighbours), aStream(randomSeed));
        const able = neighbours.filter(({ canReceive }) => canReceive);
        const least = Math.min(...able.map(({ wealth }) => wealth));
        expect(chosen === -1).toBe(able.length === 0);
        if (chosen !== -1) expect(neighbours[chosen - 100]).toEqual(free(least));
      }),
    );
  });

  it.each([0, 2])('chooses between equals that have %i by chance, not by place', (wealth) => {
    const [draws, count] = [5000, 5];
    const stream = aStream();
    const choice = aChoice(Array(count).fill(free(wealth)));
    const counts = new Map<number, number>();
    for (let draw = 0; draw < draws; draw++) {
      const chosen = nextGrant(choice, stream);
      counts.set(chosen, (counts.get(chosen) ?? 0) + 1);
    }
    const p = 1 / count;
    const sigma = Math.sqrt(draws * p * (1 - p));
    expect(counts.size).toBe(count);
    for (const chosen of counts.values()) expect(Math.abs(chosen - draws * p)).toBeLessThan(5 * sigma);
  });
});
