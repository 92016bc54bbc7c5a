import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { RecordStore } from '../../../src/bench/record/record-store.ts';
import { writeReportIndex } from '../../../src/bench/report/report-writer.ts';
import { aFleet, aRecord } from '../a-record.ts';

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'reports-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

describe('a folder of reports', () => {
  it('gets every report again, and pages that lead to them with what came out', async () => {
    const folder = await aFolder();
    const scenario = { name: 'b', title: 'Is <b> quick?', digest: 'e'.repeat(64), settings: {} };
    await new RecordStore(join(folder, 'b')).append(aRecord({ scenario }));
    await new RecordStore(join(folder, 'a')).append(aRecord());

    expect(await writeReportIndex(folder)).toEqual(['a', 'b']);

    const page = await readFile(join(folder, 'index.html'), 'utf8');
    expect(page).toMatch(/href="a\/index.html">A question<.*href="b\/index.html">Is &lt;b&gt; quick\?</s);
    expect(page).toContain('1 run, 2026-01-02, A processor, 2 cores');
    const markdown = await readFile(join(folder, 'README.md'), 'utf8');
    expect(markdown).toContain('## [A question](a/report.md)');
    expect(markdown).toContain('![A question](a/charts/makespan.svg)');
    expect(await readFile(join(folder, 'a', 'report.md'), 'utf8')).toContain('# A question');
  });

  it('leads to folders of any name, and to a chart only where there is one', async () => {
    const folder = await aFolder();
    await new RecordStore(join(folder, 'room 7 (old) #2')).append(aRecord());
    await new RecordStore(join(folder, 'nobody')).append(aRecord({ fleet: aFleet([null, null]) }));
    await writeReportIndex(folder);
    const page = await readFile(join(folder, 'index.html'), 'utf8');
    const markdown = await readFile(join(folder, 'README.md'), 'utf8');
    for (const text of [page, markdown]) {
      expect(text).toContain('room%207%20%28old%29%20%232/report.md');
      expect(text).toContain('room%207%20%28old%29%20%232/charts/makespan.svg');
      expect(text).toContain('nobody/report.md');
      expect(text).not.toContain('nobody/charts/makespan.svg');
      const shown = [...text.matchAll(/[^"(]*\.svg/g)].map(([path]) =>
        join(folder, decodeURIComponent(path)),
      );
      await Promise.all(shown.map((file) => access(file)));
    }
  });

  it('is named where there is no report in it', async () => {
    const folder = await aFolder();
    await writeFile(join(folder, 'notes.txt'), '');
    await expect(writeReportIndex(folder)).rejects.toThrow('has no folder with records');
    await expect(writeReportIndex(join(folder, 'missing'))).rejects.toThrow('cannot be read (ENOENT)');
  });
});
