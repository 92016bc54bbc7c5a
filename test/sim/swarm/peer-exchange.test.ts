import { array, assert, integer, nat, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../src/sim/kernel/random-stream.ts';
import { GrowingNeighbours } from '../../../src/sim/swarm/growing-neighbours.ts';
import { MOST_TOLD, PeerExchange } from '../../../src/sim/swarm/peer-exchange.ts';

function anExchange(neighbours: GrowingNeighbours, wanted: number, randomSeed = 1): PeerExchange {
  return new PeerExchange(neighbours, wanted, new RandomStream(randomSeed, 'exchange'));
}

describe('peer exchange', () => {
  it('links a machine to neighbours of its neighbours alone, as far as both have room', () => {
    const swarms = record({
      links: array(record({ one: nat(11), other: nat(11) }), { maxLength: 40 }),
      wanted: integer({ min: 1, max: 12 }),
      most: integer({ min: 1, max: 12 }),
      machine: integer({ min: 1, max: 11 }),
      randomSeed: nat(),
    });
    assert(
      property(swarms, ({ links, wanted, most, machine, randomSeed }) => {
        const neighbours = new GrowingNeighbours(12, most);
        for (const { one, other } of links) if (one !== other) neighbours.connect(one, [other]);
        const before = new Set(neighbours.of(machine));
        const told = new Set([...before].flatMap((neighbour) => [...neighbours.of(neighbour)]));
        const free = new Set(
          [...told].filter((other) => other !== machine && !before.has(other) && neighbours.hasRoom(other)),
        );
        const found = anExchange(neighbours, wanted, randomSeed).hear(machine);
        for (const other of found) expect(free.has(other)).toBe(true);
        const room = Math.max(0, Math.min(wanted, most) - before.size);
        expect(found).toHaveLength(Math.min(room, free.size));
        expect(new Set(neighbours.of(machine))).toEqual(new Set([...before, ...found]));
      }),
    );
  });

  it('tells of fifty in one message', () => {
    const neighbours = new GrowingNeighbours(200);
    for (let peer = 2; peer < 200; peer++) neighbours.link(1, peer);
    const exchange = anExchange(neighbours, 1000);
    expect(exchange.hear(2)).toHaveLength(MOST_TOLD);
    expect(MOST_TOLD).toBe(50);
    // Most of what the first of them says the second time is new; the others tell of the first and of each other.
    expect(exchange.hear(2).length).toBeGreaterThan(20);
  });

  it('brings nothing to who knows nobody', () => {
    expect(anExchange(new GrowingNeighbours(5), 4).hear(3)).toEqual([]);
  });
});
