import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../src/bench/record/run-record.ts';
import { introductionOf, tellingRecord } from '../../../src/bench/report/told-scenario.ts';
import { aFormulaRecord, aPublishedRecord, aRecord } from '../a-record.ts';

/** Under this description, recorded in this hour. */
function described(description: string, hour: number, overrides: Partial<RunRecord> = {}): RunRecord {
  return aRecord({
    recordedAt: `2026-01-02T0${hour}:00:00.000Z`,
    scenario: { ...aRecord().scenario, settings: { description } },
    ...overrides,
  });
}

const NETNS = { source: 'netns' } as const;

describe('the record that tells of the scenario', () => {
  it('is the newest of those that were measured, wherever it stands', () => {
    const newest = described('new', 3, NETNS);
    const records = [newest, described('old', 1, NETNS), described('later', 5), aPublishedRecord()];
    expect(tellingRecord(records)).toBe(newest);
  });

  it('is a simulated one where nothing was measured, then a formula, and never a publication', () => {
    const formula = aFormulaRecord({ recordedAt: '2026-01-02T09:00:00.000Z' });
    const simulated = described('simulated', 1);
    expect(tellingRecord([simulated, formula, aPublishedRecord()])).toBe(simulated);
    expect(tellingRecord([formula, aPublishedRecord()])).toBe(formula);
    expect(tellingRecord([aPublishedRecord()])).toBeUndefined();
  });
});

describe('the introduction of a report', () => {
  it('is what the scenario says, once, where all runs are of the same words', () => {
    expect(introductionOf([described('A room.\n', 1, NETNS), described('A room.', 2)])).toBe('A room.');
    expect(introductionOf([aRecord(), aPublishedRecord()])).toBeNull();
  });

  it('says what other runs have in its place, and whether they are newer', () => {
    const simulated = [1, 2].map((randomSeed) => described('A room. All finish.', 4, { randomSeed }));
    expect(introductionOf([...simulated, described('A room. Two hang.', 3, NETNS)])).toBe(
      'A room. Two hang. This is the description of what was measured in netns. ' +
        'That of 2 newer runs (simulated) says instead: “All finish.”',
    );
    expect(introductionOf([described('A room. All finish.', 4, NETNS), described('A room.', 3)])).toBe(
      'A room. All finish. This is the description of what was measured in netns. ' +
        'That of 1 older run (simulated) lacks a part of it.',
    );
  });

  it('is not that of a formula where there are runs', () => {
    const { scenario, recordedAt } = described('By formula.', 9);
    const formula = aFormulaRecord({ scenario, recordedAt });
    expect(introductionOf([described('A room.', 1), formula])).toBe('A room.');
  });
});
