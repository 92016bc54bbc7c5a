import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CHART_NAMES } from '../charts/chart.ts';
import type { RunRecord } from '../record/run-record.ts';
import { buildReport, type ReportFiles } from './build-report.ts';

/**
 * Makes the report of the records and writes it: every file is whole or as it was before.
 * Charts of an earlier report that this one has no data for are removed.
 * @param dir folder of the report, made where missing
 * @returns the paths written, below `dir`
 */
export async function writeReport(dir: string, records: readonly RunRecord[]): Promise<string[]> {
  const files = await buildReport(records);
  for (const [path, content] of files) await replaceFile(join(dir, path), content);
  for (const path of staleCharts(files)) await rm(join(dir, path), { force: true });
  return [...files.keys()];
}

function staleCharts(files: ReportFiles): string[] {
  const paths = CHART_NAMES.flatMap((name) =>
    ['vl.json', 'svg', 'png'].map((ending) => `charts/${name}.${ending}`),
  );
  return paths.filter((path) => !files.has(path));
}

async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(temporary, content);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
