import Table from 'cli-table3';
import { Command } from 'commander';
import { type Bench, openBench } from '../bench-door.ts';
import { interruptible } from '../interruption.ts';
import { namesOption } from '../list-option.ts';

type WorkloadCost = Parameters<Parameters<Bench['runSimBench']>[1]>[0];
type PartSpeed = Awaited<ReturnType<Bench['measureParts']>>[number];

interface BenchSimOptions {
  readonly only?: string;
  readonly json?: boolean;
}

/** `swarmboot bench:sim` */
export function benchSimCommand(): Command {
  return new Command('bench:sim')
    .description(
      'Measures the simulator: processor time and memory of whole swarms, and small ones in a row.',
    )
    .option('--only <workloads>', 'only these workloads, such as paper-20x4292; a wrong name lists them')
    .option('--json', 'print one JSON object on standard output and nothing else')
    .addHelpText(
      'after',
      `
Each workload runs in a process of its own, one after the other, in some minutes in all.

Examples:
  npm run bench:sim                                  # everything
  npm run bench:sim -- --only open-1000x1000         # one workload
  npm run bench:sim -- --json > sim.json             # {"workloads": [...], "parts": [...]}`,
    )
    .action(async (options: BenchSimOptions) => benchSim(await openBench(), options));
}

async function benchSim(bench: Bench, { only, json }: BenchSimOptions): Promise<void> {
  const names =
    only === undefined ? bench.SIM_WORKLOAD_NAMES : namesOption('--only', only, bench.SIM_WORKLOAD_NAMES);
  const workloads: WorkloadCost[] = [];
  await interruptible((signal) =>
    bench.runSimBench(
      names,
      (cost) => {
        workloads.push(cost);
        process.stderr.write(`${cost.name}: ${cost.cpuS.toFixed(2)} CPU-s\n`);
      },
      signal,
    ),
  );
  const parts = only === undefined ? await bench.measureParts() : [];
  const setup = { host: bench.readHost(), node: process.version };
  if (json) {
    process.stdout.write(`${JSON.stringify({ setup, workloads, ...(parts.length > 0 && { parts }) })}\n`);
    return;
  }
  const { cpu, cores, memoryMiB, platform } = setup.host;
  const tables = [tableOf(workloads), ...(parts.length > 0 ? [partTable(parts)] : [])];
  process.stdout.write(
    `${tables.join('\n')}\n\nOne run each. Computer: ${cpu}, ${cores} cores, ${memoryMiB} MiB, ${platform}; Node ${setup.node}\n`,
  );
}

const STYLE = { head: [], border: [], compact: true };

function tableOf(workloads: readonly WorkloadCost[]): string {
  const table = new Table({
    head: ['Workload', 'Peers', 'Pieces', 'CPU-s', 'Piece events / CPU-s', 'Peak memory'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right'],
    style: STYLE,
  });
  for (const { name, peers, pieces, cpuS, pieceEventsPerCpuS, peakRssMB } of workloads)
    table.push([
      name,
      ...[peers, pieces].map((count) => count.toLocaleString('en')),
      cpuS.toFixed(2),
      pieceEventsPerCpuS.toLocaleString('en'),
      `${peakRssMB} MB`,
    ]);
  return table.toString();
}

function partTable(parts: readonly PartSpeed[]): string {
  const table = new Table({
    head: ['Part', 'Calls', 'Median', 'Upper quartile'],
    colAligns: ['left', 'right', 'right', 'right'],
    style: STYLE,
  });
  for (const { part, calls, medianMs, upperQuartileMs } of parts)
    table.push([part, calls, `${medianMs.toFixed(2)} ms`, `${upperQuartileMs.toFixed(2)} ms`]);
  return table.toString();
}
