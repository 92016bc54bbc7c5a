import { describe, expect, it } from 'vitest';
import { chartsOf } from '../../../src/bench/charts/charts.ts';
import { cellDetails } from '../../../src/bench/metrics/cell.ts';
import { selectRecords } from '../../../src/bench/metrics/record-selection.ts';
import type { RunRecord } from '../../../src/bench/record/run-record.ts';
import { planReport } from '../../../src/bench/report/report-plan.ts';
import { aPublishedRecord, aRecord } from '../a-record.ts';

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
