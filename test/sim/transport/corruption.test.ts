import { assert, constantFrom, integer, nat, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TransportModel } from '../../../src/sim/deployment-model.ts';
import { simulate } from '../../../src/sim/simulate.ts';
import { aChain, aModel, aMulticast, aSwarm, aUnicast, PIECE_BYTES } from '../a-model.ts';
import { anyPolicies } from '../any-model.ts';
import { makespanS, meanOverSeeds } from '../readings.ts';

const ONE_BY_ONE = aSwarm({ seederSlots: 1 });
const SEEDS = [1, 2, 3];

describe('pieces that arrive with a wrong hash', () => {
  it.each([ONE_BY_ONE, aChain()])(
    'are sent until they are right, as often as chance says: $transport',
    (transport) => {
      const [pieces, corruptShare] = [2000, 0.1];
      for (const randomSeed of SEEDS) {
        const model = aModel({ machines: 1, pieces, corruptShare, transport });
        const result = simulate(model, randomSeed);
        const thrownAway = result.wastedBytes / PIECE_BYTES;

        expect(result.machines[0]!.downloadedBytes).toBe(pieces * PIECE_BYTES);
        expect(makespanS(result)).toBeCloseTo(pieces + thrownAway, 6);
        // Geometric: the mean is q / (1 - q), the deviation of one piece sqrt(q) / (1 - q); four of the mean's.
        const deviation = Math.sqrt(corruptShare / pieces) / (1 - corruptShare);
        expect(Math.abs(thrownAway / pieces - 1 / 9)).toBeLessThan(4 * deviation);
      }
    },
  );

  it('are told in the trace, and are not among those received', () => {
    const heard: Record<string, number> = {};
    const model = aModel({ machines: 4, pieces: 64, corruptShare: 0.1 });
    const { wastedBytes } = simulate(model, 1, ({ kind }) => {
      heard[kind] = (heard[kind] ?? 0) + 1;
    });

    expect(heard.pieceReceived).toBe(4 * 64);
    expect(heard.pieceSpoiled).toBe(wastedBytes / PIECE_BYTES);
    expect(wastedBytes).toBeGreaterThan(0);
  });

  it('move no other chance: machines come when they came without them', () => {
    const model = aModel({ machines: 8, arrival: { kind: 'poisson', intervalS: 3 } });
    const times = (corruptShare: number) =>
      simulate({ ...model, corruptShare }, 1).machines.map(({ poweredOnS }) => poweredOnS);

    expect(times(0.2)).toEqual(times(0));
  });

  it('cost a swarm little more than their share', () => {
    const model = aModel({ machines: 20, pieces: 256 });
    // Single runs are up to 3 % off.
    const later = meanOverSeeds(16, (randomSeed) => {
      const usualS = makespanS(simulate(model, randomSeed));
      return makespanS(simulate({ ...model, corruptShare: 0.05 }, randomSeed)) / usualS;
    });
    expect(later).toBeGreaterThan(1 / 0.95 - 0.02);
    expect(later).toBeLessThan(1 / 0.95 + 0.05);
  });

  it('make nobody wait for ever, whatever the policies are', () => {
    const swarms = record({
      machines: integer({ min: 1, max: 10 }),
      corruptShare: constantFrom(0.05, 0.5),
      neighbours: constantFrom(2, 50),
      policies: record(anyPolicies),
      latencyS: constantFrom(0, 0.125),
      randomSeed: nat(),
    });
    assert(
      property(swarms, ({ neighbours, policies, randomSeed, ...wishes }) => {
        const model = aModel({ ...wishes, transport: aSwarm({ ...policies, neighbours }) });
        expect(makespanS(simulate(model, randomSeed))).toBeLessThan(Infinity);
      }),
      { numRuns: 400 },
    );
  });

  it('are refused where nobody looks at pieces, and where none is ever right', () => {
    const refusal = (corruptShare: number, transport: TransportModel = aSwarm()) => {
      const model = aModel({ corruptShare, transport });
      return () => simulate(model, 1);
    };

    expect(refusal(0.1, aUnicast())).toThrow('corruptShare: found 0.1');
    expect(refusal(0.1, aMulticast())).toThrow('corruptShare: found 0.1');
    expect(refusal(1)).toThrow('corruptShare: found 1');
    expect(refusal(-0.1)).toThrow('corruptShare: found -0.1');
  });
});
