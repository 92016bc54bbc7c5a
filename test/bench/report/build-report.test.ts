import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../src/bench/record/run-record.ts';
import { buildReport } from '../../../src/bench/report/build-report.ts';
import { aFleet, aFormulaRecord, aPublishedRecord, aRecord } from '../a-record.ts';

const RECORDS: RunRecord[] = [
  aFormulaRecord(),
  aRecord({ randomSeed: 1 }),
  aRecord({ randomSeed: 2, fleet: aFleet([9, 12]) }),
  aRecord({ source: 'local', limitations: ['All on <one> computer.'] }),
  aPublishedRecord(),
];

describe('a report', () => {
  it('is a page, a text, and three files for each chart', async () => {
    expect([...(await buildReport(RECORDS)).keys()].sort()).toEqual([
      'charts/completion.png',
      'charts/completion.svg',
      'charts/completion.vl.json',
      'charts/makespan.png',
      'charts/makespan.svg',
      'charts/makespan.vl.json',
      'charts/phases.png',
      'charts/phases.svg',
      'charts/phases.vl.json',
      'charts/server-copies.png',
      'charts/server-copies.svg',
      'charts/server-copies.vl.json',
      'index.html',
      'report.md',
    ]);
  });

  it('has the same bytes for the same records, one after the other and at the same time', async () => {
    const first = await buildReport(RECORDS);
    const [second, third] = await Promise.all([buildReport(RECORDS), buildReport([...RECORDS])]);
    expect(second).toEqual(first);
    expect(third).toEqual(first);
  });

  it('has ids of its own for every chart on the page', async () => {
    const page = String((await buildReport(RECORDS)).get('index.html'));
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('escapes what the records say in both forms', async () => {
    const files = await buildReport(RECORDS);
    expect(files.get('index.html')).toContain('All on &lt;one&gt; computer.');
    expect(files.get('report.md')).toContain('All on &lt;one&gt; computer.');
  });

  it('has no chart where there is no data for it, and does not speak of it', async () => {
    const files = await buildReport([aPublishedRecord()]);
    expect([...files.keys()]).not.toContain('charts/phases.svg');
    expect(files.get('index.html')).not.toContain('charts/phases');
  });

  it('is made even where every machine failed', async () => {
    const files = await buildReport([aRecord({ fleet: aFleet([null, null]) })]);
    expect(files.get('report.md')).toContain('none finished');
  });

  it('needs a record', async () => {
    await expect(buildReport([])).rejects.toThrow('at least one record');
  });
});
