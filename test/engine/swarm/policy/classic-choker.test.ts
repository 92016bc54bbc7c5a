import { assert, integer, nat, property, record, uniqueArray } from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ChokeRound,
  ClassicChoker,
  ROUND_MS,
} from '../../../../src/engine/swarm/policy/classic-choker.ts';
import { RandomStream } from '../../../../src/sim/kernel/random-stream.ts';

const TURN_ROUNDS = 3;

function aChoker(peers: Iterable<number>, slots = 4, randomSeed = 1): ClassicChoker {
  const choker = new ClassicChoker(slots, new RandomStream(randomSeed, 'swarm'));
  for (const peer of peers) choker.joined(peer);
  return choker;
}

/** Rounds as they come; everybody is interested and exchanges nothing unless said. */
function rounds(choker: ClassicChoker, wishes: Partial<ChokeRound> = {}) {
  let nowMs = 0;
  return {
    hold(others: Partial<ChokeRound> = {}): readonly number[] {
      const unchoked = choker.rechoke({
        isInterested: () => true,
        exchangedBytes: () => 0,
        ...wishes,
        ...others,
        nowMs,
      });
      nowMs += ROUND_MS;
      return unchoked;
    },
  };
}

const upTo = (count: number) => [...Array(count).keys()];

describe('classic choker', () => {
  it('unchokes those that exchange most, and one other', () => {
    for (let randomSeed = 0; randomSeed < 20; randomSeed++) {
      const choker = aChoker(upTo(10), 4, randomSeed);
      const unchoked = rounds(choker, { exchangedBytes: (peer) => peer }).hold();
      expect(unchoked).toHaveLength(4);
      expect(unchoked.slice(0, 3)).toEqual([9, 8, 7]);
      expect(unchoked[3]).toBeLessThan(7);
    }
  });

  it('never unchokes more interested peers than slots, and fills all slots while enough are interested', () => {
    const swarms = record({
      peers: integer({ min: 0, max: 12 }),
      slots: integer({ min: 1, max: 5 }),
      interested: uniqueArray(nat(11)),
      randomSeed: nat(),
    });
    assert(
      property(swarms, ({ peers, slots, interested, randomSeed }) => {
        const isInterested = (peer: number) => interested.includes(peer);
        const clock = rounds(aChoker(upTo(peers), slots, randomSeed), { isInterested });
        for (let round = 0; round < 8; round++) {
          const unchoked = clock.hold();
          const all = upTo(peers).filter(isInterested);
          expect(unchoked.filter(isInterested)).toHaveLength(Math.min(slots, all.length));
          expect(unchoked.filter((peer) => !isInterested(peer)).length).toBeLessThanOrEqual(1);
          expect(new Set(unchoked).size).toBe(unchoked.length);
        }
      }),
    );
  });

  it('leaves the optimistic unchoke with one peer for thirty seconds, then gives it to another', () => {
    const clock = rounds(aChoker(upTo(10)), { exchangedBytes: (peer) => (peer >= 7 ? peer : 0) });
    const optimistic = Array.from({ length: 4 * TURN_ROUNDS }, () => clock.hold().at(-1)!);
    for (let turn = 0; turn < 4; turn++) {
      const held = optimistic.slice(turn * TURN_ROUNDS, (turn + 1) * TURN_ROUNDS);
      expect(new Set(held).size).toBe(1);
    }
    expect(new Set(optimistic).size).toBe(4);
  });

  it('gives everybody a turn who is interested', () => {
    const clock = rounds(aChoker(upTo(10)), { exchangedBytes: (peer) => (peer >= 7 ? peer : 0) });
    const served = Array.from({ length: 7 * TURN_ROUNDS }, () => clock.hold().at(-1)!);
    expect([...new Set(served)].toSorted((a, b) => a - b)).toEqual(upTo(7));
  });

  it('lets a peer lose its place that gives less than another', () => {
    const clock = rounds(aChoker(upTo(5), 2));
    expect(clock.hold({ exchangedBytes: (peer) => (peer === 1 ? 10 : 0) })[0]).toBe(1);
    expect(clock.hold({ exchangedBytes: (peer) => (peer === 1 ? 10 : peer === 4 ? 11 : 0) })[0]).toBe(4);
  });

  it('chooses between peers that exchange the same by chance', () => {
    const [seeds, peers] = [3000, 5];
    const counts = Array<number>(peers).fill(0);
    for (let randomSeed = 0; randomSeed < seeds; randomSeed++) {
      for (const peer of rounds(aChoker(upTo(peers), 2, randomSeed))
        .hold()
        .slice(0, 1))
        counts[peer]!++;
    }
    const sigma = Math.sqrt(seeds * (1 / peers) * (1 - 1 / peers));
    for (const count of counts) expect(Math.abs(count - seeds / peers)).toBeLessThan(5 * sigma);
  });

  it('makes the next optimistic unchoke three times as likely for a new peer as for any other', () => {
    const [seeds, others] = [4000, 5];
    let isFirst = 0;
    for (let randomSeed = 0; randomSeed < seeds; randomSeed++) {
      const choker = aChoker(upTo(others), 1, randomSeed);
      choker.joined(99);
      if (rounds(choker).hold()[0] === 99) isFirst++;
    }
    const p = 3 / (others + 3);
    expect(Math.abs(isFirst / seeds - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / seeds));
  });

  it('unchokes one peer before anybody is interested, which does not count once others are', () => {
    const clock = rounds(aChoker(upTo(6)));
    const [first] = clock.hold({ isInterested: () => false });
    const unchoked = clock.hold({ isInterested: (peer) => peer !== first });
    expect(unchoked).toHaveLength(5);
    expect(unchoked).toContain(first);
  });

  it('forgets a peer that has left, at once', () => {
    const choker = aChoker(upTo(3));
    const clock = rounds(choker);
    expect(clock.hold()).toContain(1);
    choker.left(1);
    expect(choker.unchoked).not.toContain(1);
    expect(clock.hold().toSorted((a, b) => a - b)).toEqual([0, 2]);
  });

  it('goes the same way for the same random seed', () => {
    const life = (randomSeed: number) => {
      const clock = rounds(aChoker(upTo(20), 4, randomSeed));
      return Array.from({ length: 10 }, () => [...clock.hold()]);
    };
    expect(life(7)).toEqual(life(7));
    expect(life(7)).not.toEqual(life(8));
  });
});
