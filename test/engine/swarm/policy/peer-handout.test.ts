import { assert, integer, nat, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { handOutPeers } from '../../../../src/engine/swarm/policy/peer-handout.ts';
import { RandomStream } from '../../../../src/sim/kernel/random-stream.ts';

const SEEDS = [1, 2, 3];

function handOut(peers: number, degree: number, randomSeed: number): number[][] {
  const known = handOutPeers(peers, degree, new RandomStream(randomSeed, 'handout'));
  return known.map((neighbours) => [...neighbours]);
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

  it('hands out the degree asked for at most, rounded up to even, and two at least', () => {
    assert(
      property(...anyHandOut, (peers, degree, randomSeed) => {
        if (degree >= peers - 1) return;
        const degrees = degreesOf(handOut(peers, degree, randomSeed));
        expect(Math.max(...degrees)).toBeLessThanOrEqual(degree + (degree % 2));
        expect(Math.min(...degrees)).toBeGreaterThanOrEqual(Math.min(2, peers - 1));
      }),
    );
  });

  it.each(SEEDS)('comes close to the degree asked for among many peers (random seed %i)', (randomSeed) => {
    for (const degree of [4, 10, 30, 50]) {
      expect(meanDegree(handOut(1000, degree, randomSeed)) / degree).toBeGreaterThan(0.95);
    }
  });

  it('comes close to the degree asked for among few peers too', () => {
    expect(meanDegree(handOut(61, 50, 1)) / 50).toBeGreaterThan(0.85);
  });

  it('is another for another random seed, and the same for the same', () => {
    expect(handOut(50, 6, 1)).not.toEqual(handOut(50, 6, 2));
    expect(handOut(50, 6, 1)).toEqual(handOut(50, 6, 1));
  });
});
