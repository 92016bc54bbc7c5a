import { Command } from 'commander';
import { openBench } from '../bench-door.ts';
import { tellReport } from '../summary.ts';

/** `swarmboot report DIR` */
export function reportCommand(): Command {
  return new Command('report')
    .description('Makes the report of a folder again from its records alone; nothing is run.')
    .argument('<folder>', 'folder with a records.jsonl, such as reports/table-1')
    .option('--json', 'print one JSON object on standard output and nothing else')
    .action(async (folder: string, { json }: { json?: boolean }) => {
      const bench = await openBench();
      const store = new bench.RecordStore(folder);
      const records = await store.read();
      await bench.writeReport(folder, records);
      tellReport(bench, { folder, records, isJson: json === true });
    });
}
