import { resolve } from 'node:path';
import { Command } from 'commander';
import { openBench } from '../bench-door.ts';
import { tellReport } from '../summary.ts';

interface ReportOptions {
  readonly json?: boolean;
  readonly all?: boolean;
}

/** `swarmboot report DIR` */
export function reportCommand(): Command {
  return new Command('report')
    .description('Makes the report of a folder again from its records alone; nothing is run.')
    .argument('<folder>', 'folder with a records.jsonl, such as reports/table-1')
    .option(
      '--all',
      'make all reports in the folders below it again, and its index.html and README.md, which lead to them',
    )
    .option('--json', 'print one JSON object on standard output and nothing else')
    .addHelpText(
      'after',
      `
Examples:
  ./swarmboot report reports/table-1
  ./swarmboot report reports/published --all`,
    )
    .action((folder: string, { json = false, all = false }: ReportOptions) =>
      all ? makeAll(folder, json) : makeOne(folder, json),
    );
}

async function makeOne(folder: string, isJson: boolean): Promise<void> {
  const bench = await openBench();
  const store = new bench.RecordStore(folder);
  const [all, asked] = [await store.read(), await store.asked()];
  await bench.writeReport(folder, all, asked);
  const { records } = bench.selectRecords(all, asked);
  tellReport(bench, { folder, records, isJson });
}

async function makeAll(folder: string, isJson: boolean): Promise<void> {
  const reports = await (await openBench()).writeReportIndex(folder);
  process.stdout.write(
    isJson
      ? `${JSON.stringify({ folder, reports })}\n`
      : `${reports.length} reports: ${resolve(folder, 'index.html')}\n`,
  );
}
