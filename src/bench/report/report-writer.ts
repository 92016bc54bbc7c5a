import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../../failure.ts';
import { CHART_NAMES } from '../charts/chart.ts';
import type { AskedScenario } from '../record/asked-scenario.ts';
import { replaceFile } from '../record/file-writer.ts';
import { RecordStore } from '../record/record-store.ts';
import type { RunRecord } from '../record/run-record.ts';
import { buildReport, type ReportFiles } from './build-report.ts';
import { type IndexEntry, indexEntry, indexHtml, indexMarkdown } from './reports-page.ts';

/**
 * Makes the report of the records and writes it: every file is whole or as it was before.
 * Charts of an earlier report that this one has no data for are removed.
 * @param dir folder of the report, made where missing
 * @param asked the scenario as it was last asked; default: what the last records tell of it
 * @returns the paths written, below `dir`
 */
export async function writeReport(
  dir: string,
  records: readonly RunRecord[],
  asked?: AskedScenario,
): Promise<string[]> {
  const files = await buildReport(records, asked);
  for (const [path, content] of files) await replaceFile(join(dir, path), content);
  for (const path of staleCharts(files)) await rm(join(dir, path), { force: true });
  return [...files.keys()];
}

/**
 * Makes every report below `dir` again, and the pages that lead to them: `index.html` and `README.md`.
 * @returns the folders of the reports, below `dir`, in the order of their names
 * @throws ConfigError where there is none, or a record cannot be read
 */
export async function writeReportIndex(dir: string): Promise<string[]> {
  const entries: IndexEntry[] = [];
  for (const folder of await foldersIn(dir)) {
    const store = new RecordStore(join(dir, folder));
    const records = await store.readIfAny();
    if (records.length === 0) continue;
    const asked = await store.asked();
    await writeReport(store.folder, records, asked);
    entries.push(indexEntry(folder, records, asked));
  }
  if (entries.length === 0) throw new ConfigError('folder', `${dir} has no folder with records in it`);
  await replaceFile(join(dir, 'index.html'), indexHtml(entries));
  await replaceFile(join(dir, 'README.md'), indexMarkdown(entries));
  return entries.map(({ folder }) => folder);
}

async function foldersIn(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    throw new ConfigError('folder', `${dir} cannot be read (${cause.code}); name a folder of reports`, {
      cause,
    });
  });
  return entries.flatMap((entry) => (entry.isDirectory() ? entry.name : [])).sort();
}

function staleCharts(files: ReportFiles): string[] {
  const paths = CHART_NAMES.flatMap((name) =>
    ['vl.json', 'svg', 'png'].map((ending) => `charts/${name}.${ending}`),
  );
  return paths.filter((path) => !files.has(path));
}
