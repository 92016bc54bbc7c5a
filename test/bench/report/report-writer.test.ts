import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildReport } from '../../../src/bench/report/build-report.ts';
import { writeReport } from '../../../src/bench/report/report-writer.ts';
import { aFormulaRecord, aRecord } from '../a-record.ts';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'report-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

describe('writing a report', () => {
  it('writes every file as it was built, into a folder that it makes', async () => {
    const target = join(dir, 'a', 'report');
    const written = await writeReport(target, [aRecord()]);
    const files = await buildReport([aRecord()]);
    expect(written).toEqual([...files.keys()]);
    for (const [path, content] of files) {
      expect(Buffer.compare(await readFile(join(target, path)), Buffer.from(content))).toBe(0);
    }
  });

  it('leaves nothing half written behind', async () => {
    await writeReport(dir, [aRecord()]);
    const names = await readdir(dir, { recursive: true });
    expect(names.filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('removes charts of an earlier report that there is no data for any more, and nothing else', async () => {
    await writeReport(dir, [aRecord()]);
    await writeFile(join(dir, 'records.jsonl'), '{}\n');
    await writeFile(join(dir, 'charts', 'mine.svg'), '<svg/>');
    await writeReport(dir, [aFormulaRecord()]);
    const names = await readdir(dir, { recursive: true });
    expect(names).not.toContain(join('charts', 'phases.svg'));
    expect(names).toEqual(
      expect.arrayContaining(['records.jsonl', join('charts', 'mine.svg'), join('charts', 'makespan.svg')]),
    );
  });

  it('keeps the old file and cleans up where a new one cannot take its place', async () => {
    await mkdir(join(dir, 'report.md', 'in-the-way'), { recursive: true });
    await expect(writeReport(dir, [aFormulaRecord()])).rejects.toThrow();
    expect(await readdir(dir)).toEqual(['report.md']);
  });
});
