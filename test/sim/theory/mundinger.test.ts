import { array, assert, integer, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededMakespanS } from '../../../src/sim/theory/branching.ts';
import { mundingerS, mundingerSlots, pieceBoundS } from '../../../src/sim/theory/mundinger.ts';
import { shortestBroadcast } from './broadcast-search.ts';

describe('Mundinger, Weber and Weiss', () => {
  it('counts M - 1 + ceil(log2(n + 1)) slots', () => {
    for (let machines = 1; machines <= 1000; machines += 1) {
      let doublingsToAll = 0;
      while (2 ** doublingsToAll < machines + 1) doublingsToAll += 1;
      expect(mundingerSlots(machines, 256)).toBe(255 + doublingsToAll);
    }
  });

  it('is (F/b)(1 + floor(log2 n)/M)', () => {
    const swarm = { wireBytes: 18e9, pieces: 1000, machines: 20, linkBps: 12.5e6 };
    expect(mundingerS(swarm)).toBeCloseTo(1440 * 1.004, 9);
    expect(mundingerS({ ...swarm, pieces: 256, machines: 1000 }) / 1440).toBeCloseTo(1.035, 3);
  });

  it('is the branching makespan for a single piece', () => {
    for (const machines of [1, 2, 3, 20, 1024]) {
      expect(mundingerS({ wireBytes: 60, pieces: 1, machines, linkBps: 1 })).toBe(
        seededMakespanS(machines, 60),
      );
    }
  });

  it.each([
    [1, 3],
    [2, 1],
    [2, 2],
    [2, 3],
    [3, 2],
    [4, 1],
  ])('is what trying every schedule finds for n = %i and M = %i', (machines, pieces) => {
    const shortest = shortestBroadcast({ pieces: Array(pieces).fill(1), machines });
    expect(mundingerSlots(machines, pieces)).toBe(shortest);
  });
});

describe('bound for unequal pieces', () => {
  it('is Mundinger where all pieces are equal', () => {
    const swarms = record({
      pieces: integer({ min: 1, max: 100_000 }),
      shortestPieceBytes: integer({ min: 1, max: 2 ** 24 }),
      machines: integer({ min: 1, max: 100_000 }),
      linkBps: integer({ min: 1, max: 2 ** 30 }),
    });
    assert(
      property(swarms, ({ pieces, shortestPieceBytes, machines, linkBps }) => {
        const wireBytes = pieces * shortestPieceBytes;
        const bound = pieceBoundS({ wireBytes, shortestPieceBytes, machines, linkBps });
        expect(bound / mundingerS({ wireBytes, pieces, machines, linkBps })).toBeCloseTo(1, 12);
      }),
    );
  });

  it('is met at 2.8 by pieces of 1 and 0.9, where the textbook formula says 2.85', () => {
    const shortest = shortestBroadcast({ pieces: [1, 0.9], machines: 2 });
    expect(shortest).toBeCloseTo(2.8, 12);
    const swarm = { wireBytes: 1.9, machines: 2, linkBps: 1 };
    expect(pieceBoundS({ ...swarm, shortestPieceBytes: 0.9 })).toBeCloseTo(shortest, 12);
    expect(mundingerS({ ...swarm, pieces: 2 })).toBeCloseTo(2.85, 12);
  });

  it('is never above the best of all schedules', () => {
    const broadcasts = record({
      pieces: array(integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 2 }),
      machines: integer({ min: 1, max: 3 }),
    });
    assert(
      property(broadcasts, ({ pieces, machines }) => {
        const wireBytes = pieces.reduce((sum, length) => sum + length, 0);
        const bound = pieceBoundS({
          wireBytes,
          shortestPieceBytes: Math.min(...pieces),
          machines,
          linkBps: 1,
        });
        expect(bound).toBeLessThanOrEqual(shortestBroadcast({ pieces, machines }));
      }),
    );
  });

  it('does not hold where the blocks of a piece come from two sources, even with downloads of rate b', () => {
    const firstDoneAt = 1;
    const missingCopies = 3;
    const uploaders = 2;
    const downloadRate = uploaders / missingCopies;
    expect(downloadRate).toBeLessThanOrEqual(1);
    const allDoneAt = firstDoneAt + 1 / downloadRate;
    const bound = pieceBoundS({ wireBytes: 1, shortestPieceBytes: 1, machines: 4, linkBps: 1 });
    expect(allDoneAt).toBeLessThan(bound);
  });

  it('refuses a shortest piece that is longer than the image', () => {
    expect(() => pieceBoundS({ wireBytes: 1, shortestPieceBytes: 2, machines: 1, linkBps: 1 })).toThrow(
      'shortestPieceBytes is 2, wireBytes is 1: allowed is a piece that is not longer than the image',
    );
  });
});
