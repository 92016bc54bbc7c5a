import { array, assert, integer, nat, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inRandomOrder } from '../../../../src/engine/swarm/policy/random-order.ts';
import { RandomStream } from '../../../../src/sim/kernel/random-stream.ts';

describe('a random order', () => {
  it('has every item once', () => {
    assert(
      property(array(integer()), nat(), (items, randomSeed) => {
        const drawn = [...inRandomOrder(items, new RandomStream(randomSeed, 'handout'))];
        expect(drawn.toSorted()).toEqual(items.toSorted());
      }),
    );
  });

  it('has every order equally often', () => {
    const chance = new RandomStream(1, 'handout');
    const counts = new Map<string, number>();
    for (let times = 0; times < 24_000; times++) {
      const order = [...inRandomOrder([0, 1, 2, 3], chance)].join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    // 1000 each; the standard deviation is 31.
    expect(Math.min(...counts.values())).toBeGreaterThan(850);
    expect(Math.max(...counts.values())).toBeLessThan(1_150);
  });
});
