import { assert, integer, nat, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HandoutName } from '../../../../src/engine/swarm/policy/handout/handout-by-name.ts';
import { handOutPeers } from '../../../../src/engine/swarm/policy/peer-handout.ts';
import { RandomStream } from '../../../../src/sim/kernel/random-stream.ts';

const SEEDS = [1, 2, 3];

function handOut(peers: number, wanted: number, randomSeed: number): number[][] {
  return handOutAt(Array(peers).fill(0), { wanted, randomSeed });
}

/** @param sites site by peer */
function handOutAt(
  sites: number[],
  { wanted = 50, randomSeed = 1, handout = 'regular' as HandoutName } = {},
): number[][] {
  const known = handOutPeers({ sites, handout, wanted }, new RandomStream(randomSeed, 'handout'));
  return sites.map((_, peer) => [...known.of(peer)]);
}

function meanDegree(known: readonly (readonly number[])[]): number {
  return known.flat().length / known.length;
}

function degreesOf(known: readonly (readonly number[])[]): number[] {
  return known.map(({ length }) => length);
}

/** How many peers can be reached from the first. */
function reachable(known: readonly (readonly number[])[]): number {
  const reached = new Set([0]);
  for (const peer of reached) for (const neighbour of known[peer]!) reached.add(neighbour);
  return reached.size;
}

/** Peers, degree, random seed. */
const anyHandOut = [integer({ min: 1, max: 120 }), integer({ min: 1, max: 130 }), nat()] as const;

describe('peer handout', () => {
  it('is mutual, and nobody is handed out to itself or twice', () => {
    assert(
      property(...anyHandOut, (peers, degree, randomSeed) => {
        const known = handOut(peers, degree, randomSeed).map((neighbours) => new Set(neighbours));
        const pairs = known.flatMap((neighbours, peer) =>
          [...neighbours].map((other) => [peer, other] as const),
        );
        expect(known).toHaveLength(peers);
        expect(pairs.filter(([peer, other]) => peer === other || !known[other]!.has(peer))).toEqual([]);
        expect(pairs).toHaveLength(handOut(peers, degree, randomSeed).flat().length);
      }),
    );
  });

  it('lets sources join first, wherever they stand, so that everybody is linked to them', () => {
    const sites = Array<number>(40).fill(0);
    const joining = { sites, handout: 'regular', wanted: 6, otherSources: [38, 39] } as const;
    const known = handOutPeers(joining, new RandomStream(1, 'handout'));
    const others = sites.map((_, peer) => peer).slice(1, 38);
    for (const source of [0, 38, 39]) expect([...known.of(source)]).toEqual(expect.arrayContaining(others));
    expect(known.countOf(20)).toBeLessThan(20);
  });

  it('connects everybody', () => {
    assert(
      property(...anyHandOut, (peers, degree, randomSeed) => {
        expect(reachable(handOut(peers, degree, randomSeed))).toBe(peers);
      }),
    );
  });

  it('is a full mesh where there are no more peers than neighbours asked for', () => {
    assert(
      property(...anyHandOut, (peers, more, randomSeed) => {
        const degrees = degreesOf(handOut(peers, peers - 2 + more, randomSeed));
        expect(degrees).toEqual(Array(peers).fill(peers - 1));
      }),
    );
  });

  it('gives everybody but the seeder about as many neighbours as it asks for', () => {
    assert(
      property(...anyHandOut, (peers, degree, randomSeed) => {
        if (degree >= peers - 1) return;
        const [, ...degrees] = degreesOf(handOut(peers, degree, randomSeed));
        expect(Math.max(...degrees)).toBeLessThanOrEqual(1.5 * degree + 7);
        expect(Math.min(...degrees)).toBeGreaterThanOrEqual(Math.max(Math.min(2, peers - 1), degree / 2));
      }),
    );
  });

  it.each(SEEDS)('comes close to the degree asked for among many peers (random seed %i)', (randomSeed) => {
    for (const degree of [4, 10, 30, 50]) {
      expect(meanDegree(handOut(1000, degree, randomSeed)) / degree).toBeCloseTo(1, 1);
    }
  });

  it('links few peers of different sites where it goes by sites', () => {
    const sites = Array.from({ length: 21 }, (_, peer) => peer % 2);
    const known = handOutAt(sites, { handout: 'sites' });
    const across = known.map((neighbours, peer) =>
      neighbours.filter((other) => sites[other] !== sites[peer]),
    );
    expect(Math.max(...degreesOf(across))).toBe(2);
    expect(reachable(known)).toBe(21);
  });

  it('is a line in the order of joining where it is a chain', () => {
    expect(handOutAt([0, 0, 0, 0], { handout: 'chain' })).toEqual([[1], [0, 2], [1, 3], [2]]);
  });

  it('keeps the neighbours of a peer in order', () => {
    for (const neighbours of handOut(80, 20, 1))
      expect(neighbours).toEqual(neighbours.toSorted((a, b) => a - b));
  });

  it('is another for another random seed, and the same for the same', () => {
    expect(handOut(50, 6, 1)).not.toEqual(handOut(50, 6, 2));
    expect(handOut(50, 6, 1)).toEqual(handOut(50, 6, 1));
  });
});
