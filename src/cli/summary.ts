import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { RunRecord } from '../bench/index.ts';
import type { Bench } from './bench-door.ts';
import { printTable } from './table.ts';

/** A report to be told about. */
export interface ToldReport {
  readonly folder: string;
  /** Those that count, at least one. */
  readonly records: readonly RunRecord[];
  readonly isJson: boolean;
}

/** Says on standard output what came out: a table and where the report is, or one JSON object. */
export function tellReport(bench: Bench, { folder, records, isJson }: ToldReport): void {
  const details = bench.cellDetails(records);
  if (isJson) {
    const cells = details.map(({ cell }) => cell).filter(({ executor }) => executor !== 'published');
    const scenario = records.at(-1)!.scenario.name;
    const compared = bench.agreementDetails(details).map(({ agreement }) => agreement);
    const executors = details.map(({ cell }) => cell.executor);
    const isHeldAgainst = executors.includes('sim') && executors.some(bench.isMeasured);
    const agreement = isHeldAgainst ? { agreement: compared } : {};
    process.stdout.write(`${JSON.stringify({ scenario, out: folder, cells, ...agreement })}\n`);
    return;
  }
  printTable(bench.comparisonTable(details));
  const page = resolve(join(folder, 'index.html'));
  process.stdout.write(`\nReport: ${page}\n        ${pathToFileURL(page).href}\n`);
}
