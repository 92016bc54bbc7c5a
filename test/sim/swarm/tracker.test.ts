import { array, assert, constantFrom, integer, nat, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../src/sim/kernel/random-stream.ts';
import { SERVER } from '../../../src/sim/network/topology.ts';
import { Tracker } from '../../../src/sim/swarm/tracker.ts';
import { aSwarm } from '../a-model.ts';

function aTracker(wishes: Parameters<typeof aSwarm>[0], peers: number, seeders: number[] = []): Tracker {
  const sites = Array<number>(peers).fill(0);
  return new Tracker(aSwarm(wishes), { sites, seeders, chance: new RandomStream(1, 'handout') });
}

describe('a tracker that is asked meanwhile', () => {
  it('links no machine to more others than it may have, and both of them', () => {
    const visits = record({
      mostConnections: integer({ min: 1, max: 6 }),
      neighbours: integer({ min: 1, max: 9 }),
      handout: constantFrom('regular' as const, 'random' as const, 'sites' as const),
      visits: array(record({ machine: integer({ min: 1, max: 15 }), what: nat(3) }), { maxLength: 80 }),
    });
    assert(
      property(visits, ({ visits: list, ...settings }) => {
        const tracker = aTracker(settings, 16);
        const here = new Set([SERVER]);
        for (const { machine, what } of list) {
          if (!here.has(machine)) {
            here.add(machine);
            tracker.join(machine);
          } else if (what === 0) {
            here.delete(machine);
            tracker.leave(machine);
          } else {
            const before = [...tracker.neighbours.of(machine)];
            const found = tracker.ask(machine);
            expect([...tracker.neighbours.of(machine)].sort()).toEqual([...before, ...found].sort());
          }
        }
        for (let peer = 0; peer < 16; peer++) {
          const known = [...tracker.neighbours.of(peer)];
          expect(new Set(known).size).toBe(known.length);
          if (peer !== SERVER) expect(known.length).toBeLessThanOrEqual(settings.mostConnections);
          if (!here.has(peer)) expect(known).toEqual([]);
          for (const other of known) {
            expect(other).not.toBe(peer);
            expect(here.has(other)).toBe(true);
            expect(tracker.neighbours.areLinked(other, peer)).toBe(true);
          }
        }
      }),
    );
  });

  it('knows seeders from the start', () => {
    const tracker = aTracker({}, 5, [3, 4]);
    expect([...tracker.neighbours.of(SERVER)].sort()).toEqual([3, 4]);
    expect(tracker.join(1).sort()).toEqual([0, 3, 4]);
  });

  it('keeps half of the room for those who come later', () => {
    const tracker = aTracker({ mostConnections: 6 }, 40);
    for (let machine = 1; machine < 40; machine++)
      expect(tracker.join(machine).length).toBeLessThanOrEqual(3);
  });

  it('finds who has come, and fills the place of who has gone', () => {
    const tracker = aTracker({ mostConnections: 2, neighbours: 4 }, 4);
    expect(tracker.join(1)).toEqual([SERVER]);
    tracker.leave(SERVER);
    expect(tracker.ask(1)).toEqual([]);
    expect(tracker.join(2)).toEqual([1]);
    expect(tracker.join(3)).toHaveLength(1);
    tracker.leave(3);
    expect(tracker.neighbours.countOf(1) + tracker.neighbours.countOf(2)).toBe(2);
  });

  it('names to a server that has come back as many as there may be, which has no limit', () => {
    const tracker = aTracker({ mostConnections: 4, neighbours: 9 }, 10);
    tracker.leave(SERVER);
    for (let machine = 1; machine < 10; machine++) {
      tracker.join(machine);
      tracker.neighbours.unlink(machine);
    }
    expect(tracker.join(SERVER)).toHaveLength(9);
  });

  it('answers nobody until all stops are over, and then knows who is there', () => {
    const tracker = aTracker({ handout: 'random' }, 4);
    for (const machine of [1, 2, 3]) tracker.join(machine);
    for (const machine of [1, 2]) tracker.neighbours.unlink(machine);
    tracker.stop();
    tracker.stop();
    tracker.leave(3);
    expect(tracker.ask(1)).toEqual([]);
    tracker.start();
    expect(tracker.ask(1)).toEqual([]);
    tracker.start();
    expect(tracker.ask(1).sort()).toEqual([SERVER, 2]);
  });
});
