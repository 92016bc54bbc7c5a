import { describe, expect, it } from 'vitest';
import { agreementDetails, uncomparedCells } from '../../../src/bench/metrics/agreement.ts';
import { cellDetails } from '../../../src/bench/metrics/cell.ts';
import type { RunRecord } from '../../../src/bench/record/run-record.ts';
import { aFleet, aRecord } from '../a-record.ts';

const agreementOf = (records: readonly RunRecord[]) => agreementDetails(cellDetails(records));
const measured = (times: readonly (number | null)[], changes: Partial<RunRecord> = {}) =>
  aRecord({ source: 'netns', fleet: aFleet(times), ...changes });
const simulated = (times: readonly (number | null)[], changes: Partial<RunRecord> = {}) =>
  aRecord({ source: 'sim', fleet: aFleet(times), ...changes });

describe('agreement of simulation and measurement', () => {
  it('is the difference of the makespans as a share of the measured one', () => {
    const [found] = agreementOf([measured([8, 20]), simulated([8, 19])]);
    expect(found!.agreement).toEqual({
      executor: 'netns',
      transport: 'p2p',
      variant: '',
      machines: 2,
      measuredS: 20,
      simulatedS: 19,
      error: -0.05,
    });
  });

  it('compares medians over the runs', () => {
    const runs = [10, 11, 30].map((lastS, index) => measured([5, lastS], { randomSeed: index + 1 }));
    const [found] = agreementOf([...runs, simulated([5, 11])]);
    expect(found!.agreement).toMatchObject({ measuredS: 11, simulatedS: 11, error: 0 });
  });

  it('has nothing to say of a cell that was not done both ways, or that nobody finished', () => {
    expect(agreementOf([measured([8, 20]), simulated([8, 19], { transport: 'unicast' })])).toEqual([]);
    expect(agreementOf([measured([null, null]), simulated([8, 19])])).toEqual([]);
  });

  it('names the cells that were done both ways and cannot be compared', () => {
    const image = { wireBytes: 8, rawBytes: 8, chunks: 4, reusedChunks: 3, refetchedChunks: 0 };
    const found = aFleet([8, 20]).map((machine) => ({ ...machine, image }));
    const cells = uncomparedCells(
      cellDetails([
        ...[measured([8, 20]), simulated([8, 20])],
        ...[measured([null], { transport: 'chain' }), simulated([8], { transport: 'chain' })],
        aRecord({ source: 'hardware', transport: 'unicast', fleet: found }),
        simulated([8, 20], { transport: 'unicast' }),
        measured([8, 20], { transport: 'multicast' }),
      ]),
    );
    expect(cells.map(({ transport }) => transport).toSorted()).toEqual(['chain', 'unicast']);
  });

  it('says where other numbers of machines failed', () => {
    const outcomes = [
      ...agreementOf([measured([8, null]), simulated([8, 20])]),
      ...agreementOf([measured([8, null]), simulated([8, null])]),
    ];
    expect(outcomes.map(({ isOtherOutcome }) => isOtherOutcome)).toEqual([true, false]);
  });

  it('has nothing to say of a cell in which a run was given up', () => {
    const givenUp = measured([20, null], { randomSeed: 2, unfinishedAfterS: 800 });
    const finished = [simulated([8, 19]), measured([8, 20])];
    expect(agreementOf(finished)).toHaveLength(1);
    expect(agreementOf([...finished, givenUp])).toEqual([]);
  });

  it('knows how far apart the same share of the machines is done, whatever the number of runs', () => {
    const apart = agreementOf([measured([10, 20]), simulated([12, 19])]);
    expect(apart[0]!.curveDistance).toBeCloseTo((2 + 1) / 2 / 20, 9);
    const twice = agreementOf([
      measured([10, 20]),
      measured([10, 20], { randomSeed: 2 }),
      simulated([12, 19]),
    ]);
    expect(twice[0]!.curveDistance).toBeCloseTo((2 + 1) / 2 / 20, 9);
  });

  it('gives no distance where a machine failed', () => {
    expect(agreementOf([measured([10, null]), simulated([10, 19])])[0]!.curveDistance).toBeNull();
  });
});
