import { describe, expect, it } from 'vitest';
import { selectRecords } from '../../../src/bench/metrics/record-selection.ts';
import { aFormulaRecord, aRecord } from '../a-record.ts';

const ofDigest = (digest: string) => ({ ...aRecord().scenario, digest });

describe('the records of a report', () => {
  it('are those of the last record’s scenario digest; the others are counted', () => {
    const old = aRecord({ scenario: ofDigest('old') });
    const current = aRecord({ scenario: ofDigest('new') });
    expect(selectRecords([old, old, current])).toEqual({
      records: [current],
      otherSettings: 2,
      superseded: 0,
    });
  });

  it('are of each variant those with the settings of its last record; who asked for what does not matter', () => {
    const of = (variant: string, settings: object) =>
      aRecord({ variant, scenario: { ...aRecord().scenario, settings } });
    const old = of('lossy', { network: { loss: 0.01 } });
    const current = [
      of('', { network: {}, seeds: [1] }),
      of('lossy', { network: { loss: 0.03 }, fleet: { machines: [1] } }),
      of('', { seeds: [1, 2], network: {} }),
    ].map((record, index) => ({ ...record, randomSeed: index }));
    const records = [current[0], current[2], current[1]];
    expect(selectRecords([old, ...current])).toEqual({ records, otherSettings: 1, superseded: 0 });
  });

  it('are those that rest on what the last of their source does', () => {
    const [one, other] = ['one', 'other'].map((basis) => aRecord({ basis, machines: basis.length }));
    const lab = aRecord({ source: 'netns' });
    expect(selectRecords([one!, lab, other!])).toEqual({
      records: [lab, other],
      otherSettings: 1,
      superseded: 0,
    });
  });

  it('begin with the plain scenario, and go on in the order of its variants', () => {
    const records = ['slow', '', 'lossy'].map((variant) => aRecord({ variant }));
    const asked = { digest: records[0]!.scenario.digest, published: [], bases: {} };
    const variants = { '': {}, lossy: {}, slow: {} };
    const orderOf = (selection: ReturnType<typeof selectRecords>) =>
      selection.records.map(({ variant }) => variant);
    expect(orderOf(selectRecords(records, { ...asked, variants }))).toEqual(['', 'lossy', 'slow']);
    expect(orderOf(selectRecords(records))).toEqual(['', 'slow', 'lossy']);
  });

  it('hold of a run that was made twice the one later in the file', () => {
    const first = aRecord({ recordedAt: '2026-01-02T00:00:00.000Z' });
    const second = aRecord({ recordedAt: '2026-01-01T00:00:00.000Z' });
    expect(selectRecords([first, second])).toEqual({ records: [second], otherSettings: 0, superseded: 1 });
  });

  it.each([
    ['source', { source: 'local' }],
    ['transport', { transport: 'chain' }],
    ['variant', { variant: 'lossy' }],
    ['machine count', { machines: 3 }],
    ['random seed', { randomSeed: 2 }],
    ['publication', { citation: 'Another paper' }],
  ] as const)('keep runs apart that differ in their %s', (_, difference) => {
    expect(selectRecords([aRecord(), aRecord(difference)]).records).toHaveLength(2);
  });

  it('count a formula that was answered twice once', () => {
    expect(selectRecords([aFormulaRecord(), aFormulaRecord()]).superseded).toBe(1);
  });

  it('are none where there are none', () => {
    expect(selectRecords([])).toEqual({ records: [], otherSettings: 0, superseded: 0 });
  });

  it('are those of the last records where nothing answers what was asked since', () => {
    const asked = { digest: 'new', variants: { '': {} }, published: [], bases: {} };
    const records = [aRecord({ scenario: ofDigest('old') })];
    expect(selectRecords(records, asked)).toEqual({ records, otherSettings: 0, superseded: 0 });
  });
});
