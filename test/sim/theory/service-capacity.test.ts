import { assert, integer, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memberMakespanS } from '../../../src/sim/theory/branching.ts';
import { mundingerS } from '../../../src/sim/theory/mundinger.ts';
import { pipelinedEstimateS, serviceCapacity } from '../../../src/sim/theory/service-capacity.ts';

describe('service capacity', () => {
  it('is one seeder at the start and doubles with every tau', () => {
    expect([0, 60, 120, 600].map((timeS) => serviceCapacity(timeS, 60))).toEqual([1, 2, 4, 1024]);
  });

  it('is all members at the makespan of the branching model', () => {
    for (const members of [2, 16, 1024]) {
      expect(serviceCapacity(memberMakespanS(members, 60), 60)).toBe(members);
    }
  });
});

describe('pipelined estimate', () => {
  it('applies the logarithm to the piece time only', () => {
    expect(pipelinedEstimateS({ machines: 1024, copyS: 60, pieces: 1 })).toBe(660);
    expect(pipelinedEstimateS({ machines: 1024, copyS: 60, pieces: 100 })).toBe(66);
  });

  it('is less than one piece time above Mundinger and never below', () => {
    const fleets = record({
      machines: integer({ min: 1, max: 100_000 }),
      pieces: integer({ min: 1, max: 10_000 }),
    });
    assert(
      property(fleets, ({ machines, pieces }) => {
        const optimum = mundingerS({ wireBytes: 1, pieces, machines, linkBps: 1 });
        const excessInPieces = (pipelinedEstimateS({ machines, copyS: 1, pieces }) - optimum) * pieces;
        expect(excessInPieces).toBeGreaterThan(-1e-9);
        expect(excessInPieces).toBeLessThan(1);
      }),
    );
  });
});
