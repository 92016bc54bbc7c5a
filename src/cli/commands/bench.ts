import Table from 'cli-table3';
import { Command } from 'commander';
import { openBench } from '../bench-door.ts';

/** `swarmboot bench` */
export function benchCommand(): Command {
  return new Command('bench')
    .description('Measures the parts that the speed of the simulator hangs on, about a second each.')
    .option('--json', 'print one JSON object on standard output and nothing else')
    .action(async ({ json }: { json?: boolean }) => {
      const bench = await openBench();
      const parts = await bench.measureParts();
      if (json) {
        process.stdout.write(`${JSON.stringify({ parts })}\n`);
        return;
      }
      const table = new Table({
        head: ['Part', 'Calls', 'Median', 'Upper quartile'],
        colAligns: ['left', 'right', 'right', 'right'],
        style: { head: [], border: [], compact: true },
      });
      for (const { part, calls, medianMs, upperQuartileMs } of parts) {
        table.push([part, calls, `${medianMs.toFixed(2)} ms`, `${upperQuartileMs.toFixed(2)} ms`]);
      }
      process.stdout.write(`${table.toString()}\n`);
    });
}
