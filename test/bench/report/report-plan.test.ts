import { describe, expect, it } from 'vitest';
import { chartsOf } from '../../../src/bench/charts/charts.ts';
import { cellDetails } from '../../../src/bench/metrics/cell.ts';
import { selectRecords } from '../../../src/bench/metrics/record-selection.ts';
import type { RunRecord } from '../../../src/bench/record/run-record.ts';
import { planReport } from '../../../src/bench/report/report-plan.ts';
import { aFleet, aFormulaRecord, aPublishedRecord, aRecord } from '../a-record.ts';

function planOf(...records: RunRecord[]) {
  const selection = selectRecords(records);
  const details = cellDetails(selection.records);
  return planReport(selection, { details, charts: chartsOf(details) });
}

const sectionOf = (title: string, ...records: RunRecord[]) =>
  planOf(...records).sections.find((section) => section.title === title);

describe('the plan of a report', () => {
  it('is headed by the scenario’s title and its description', () => {
    const settings = { description: 'Old disks, new network.' };
    const plan = planOf(aRecord({ scenario: { ...aRecord().scenario, title: 'How fast?', settings } }));
    expect(plan).toMatchObject({ title: 'How fast?', introduction: 'Old disks, new network.' });
  });

  it('takes title and settings from what was measured, though formulas and publications stand behind it', () => {
    const settings = { description: 'Old disks.' };
    const scenario = { ...aRecord().scenario, title: 'How fast?', settings };
    const records = [aRecord({ source: 'netns', scenario }), aFormulaRecord(), aPublishedRecord()];
    expect(planOf(...records)).toMatchObject({ title: 'How fast?', introduction: 'Old disks.' });
    const folded = sectionOf('Setup', ...records)!.blocks.filter(({ kind }) => kind === 'folded');
    expect(folded).toMatchObject([{ blocks: [{ text: expect.stringContaining('Old disks.') }] }]);
    expect(sectionOf('Setup', aPublishedRecord())!.blocks).toHaveLength(1);
  });

  it('has no introduction where the settings have no description', () => {
    expect(planOf(aRecord()).introduction).toBeNull();
    expect(planOf(aRecord({ scenario: { ...aRecord().scenario, settings: null } })).introduction).toBeNull();
  });

  it('has all sections in their order where runs were repeated', () => {
    const plan = planOf(aRecord(), aRecord({ randomSeed: 2 }));
    expect(plan.sections.map((section) => section.title)).toEqual([
      'Comparison',
      'Charts',
      'Repeats',
      'Phases',
      'Setup',
      'Limitations',
      'Records',
    ]);
  });

  it('begins with what went wrong, where the scenario asks for that', () => {
    const settings = { faults: [{ kill: 1, at: '2 s' }] };
    const plan = planOf(aRecord({ scenario: { ...aRecord().scenario, settings } }));
    expect(plan.sections.slice(0, 2).map(({ title }) => title)).toEqual(['What went wrong', 'Comparison']);
  });

  it('says how far the simulated means are off, and where most', () => {
    const netns = { source: 'netns' } as const;
    const section = sectionOf(
      'Simulated against measured',
      ...[aRecord({ ...netns, fleet: aFleet([5, 10]) }), aRecord({ fleet: aFleet([10, 10]) })],
      ...[
        aRecord({ ...netns, transport: 'unicast', fleet: aFleet([9, 10]) }),
        aRecord({ transport: 'unicast', fleet: aFleet([10, 9]) }),
      ],
    );
    expect(section!.blocks.at(-1)).toMatchObject({
      text: expect.stringContaining(
        'The simulated mean latency of the machines is off by 16.7 % in the median and 33.3 % at most (P2P with 2 machines).',
      ),
    });
  });

  it('leaves out what has nothing to say', () => {
    expect(planOf(aPublishedRecord()).sections.map((section) => section.title)).toEqual([
      'Comparison',
      'Charts',
      'Setup',
      'Limitations',
      'Records',
    ]);
  });

  it('states the setup below every chart', () => {
    const figures = sectionOf('Charts', aRecord())!.blocks;
    expect(figures).toHaveLength(4);
    for (const figure of figures)
      expect(figure).toMatchObject({ kind: 'figure', caption: expect.stringContaining('Setup: 1.00 MB') });
  });

  it('folds long tables', () => {
    const many = Array.from({ length: 20 }, (_, seed) => aRecord({ randomSeed: seed }));
    expect(sectionOf('Records', ...many)!.blocks[0]).toMatchObject({
      kind: 'folded',
      summary: 'Every record of this report (20 rows)',
    });
    expect(sectionOf('Records', aRecord())!.blocks[0]).toMatchObject({ kind: 'table' });
  });

  it('shows the settings of each variant', () => {
    const scenario = (size: string) => ({ ...aRecord().scenario, settings: { image: { size } } });
    const records = [
      aRecord({ scenario: scenario('1 GB') }),
      aRecord({ variant: 'large', scenario: scenario('9 GB') }),
    ];
    const [, plain, large] = sectionOf('Setup', ...records)!.blocks;
    expect(plain).toMatchObject({
      summary: 'Settings of the variant plain',
      blocks: [{ text: expect.stringContaining('1 GB') }],
    });
    expect(large).toMatchObject({
      summary: 'Settings of the variant large',
      blocks: [{ text: expect.stringContaining('9 GB') }],
    });
  });

  it('lists the digest of every trace with its record', () => {
    expect(sectionOf('Records', aRecord({ traceDigest: 'abc123' }))!.blocks[0]).toMatchObject({
      table: { rows: [expect.arrayContaining(['abc123', '2026-01-02T03:04:05.000Z'])] },
    });
  });
});
