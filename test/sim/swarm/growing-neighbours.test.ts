import { array, assert, integer, property, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GrowingNeighbours } from '../../../src/sim/swarm/growing-neighbours.ts';

const PEERS = 12;

describe('neighbours that come and go', () => {
  it('are those of a set for each peer, whatever is linked and unlinked', () => {
    const peer = integer({ min: 0, max: PEERS - 1 });
    assert(
      property(array(tuple(peer, peer), { maxLength: 200 }), (steps) => {
        const neighbours = new GrowingNeighbours(PEERS);
        const sets = Array.from({ length: PEERS }, () => new Set<number>());
        for (const [one, other] of steps) {
          if (one === other) {
            neighbours.unlink(one);
            for (const neighbour of sets[one]!) sets[neighbour]!.delete(one);
            sets[one]!.clear();
          } else if (!sets[one]!.has(other)) {
            neighbours.link(one, other);
            sets[one]!.add(other);
            sets[other]!.add(one);
          }
          expect(neighbours.areLinked(one, other)).toBe(one !== other);
        }
        for (const [number, set] of sets.entries()) {
          expect([...neighbours.of(number)].sort((a, b) => a - b)).toEqual([...set].sort((a, b) => a - b));
          expect(neighbours.countOf(number)).toBe(set.size);
          const { members, starts, ends } = neighbours;
          expect(members.subarray(starts[number], ends[number])).toEqual(neighbours.of(number));
        }
      }),
    );
  });
});
