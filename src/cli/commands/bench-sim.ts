import Table from 'cli-table3';
import { Command } from 'commander';
import type { Growth, PeerState, WorkloadCost } from '../../bench/index.ts';
import { type Bench, openBench } from '../bench-door.ts';
import { interruptible } from '../interruption.ts';
import { namesOption } from '../list-option.ts';
import { simGridMissing, simGridTable } from '../simgrid-table.ts';

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
Each workload runs in a process of its own, one after the other, in some minutes in all. After simgrid-1000x10 the same
swarm runs in SimGrid 3.32's example app-bittorrent, which is fetched from Debian and built in a temporary folder; what is
missing for that (libsimgrid-dev, g++, time) is said.

Examples:
  npm run bench:sim                                  # everything
  npm run bench:sim -- --only open-1000x1000         # one workload
  npm run bench:sim -- --only simgrid-1000x10        # beside SimGrid
  npm run bench:sim -- --json > sim.json             # {"workloads": [...], "simgrid": {...}, "parts": [...]}`,
    )
    .action(async (options: BenchSimOptions) => benchSim(await openBench(), options));
}

async function benchSim(bench: Bench, { only, json }: BenchSimOptions): Promise<void> {
  const names =
    only === undefined ? bench.SIM_WORKLOAD_NAMES : namesOption('--only', only, bench.SIM_WORKLOAD_NAMES);
  const workloads: WorkloadCost[] = [];
  const [states, simgrid] = await interruptible(async (signal) => {
    await bench.runSimBench(
      names,
      (cost) => {
        workloads.push(cost);
        process.stderr.write(`${cost.name}: ${cost.cpuS.toFixed(2)} CPU-s\n`);
      },
      signal,
    );
    return [
      only === undefined ? await bench.measurePeerStates(signal) : [],
      await besideSimGrid(bench, workloads, signal),
    ] as const;
  }, 'what was measured until then is printed above');
  const growth = bench.growthOf(workloads, bench.GROWTH_PIECES);
  const parts = only === undefined ? await bench.measureParts() : [];
  const setup = { host: bench.readHost(), node: process.version };
  if (json) {
    process.stdout.write(
      `${JSON.stringify({ setup, workloads, ...(growth && { growth }), ...(simgrid && { simgrid }), ...(parts.length > 0 && { states, parts }) })}\n`,
    );
    return;
  }
  const { cpu, cores, memoryMiB, platform } = setup.host;
  const tables = [
    tableOf(workloads),
    ...(growth ? [growthSentence(growth)] : []),
    ...(simgrid ? ['missing' in simgrid ? simGridMissing(simgrid.missing) : simGridTable(simgrid)] : []),
    ...(parts.length > 0 ? [stateTable(states), partTable(parts)] : []),
  ];
  process.stdout.write(
    `${tables.join('\n')}\n\nOne run each. Computer: ${cpu}, ${cores} cores, ${memoryMiB} MiB, ${platform}; Node ${setup.node}\n`,
  );
}

/** SimGrid's example, where our swarm beside it was measured. */
async function besideSimGrid(bench: Bench, workloads: readonly WorkloadCost[], signal: AbortSignal) {
  const ours = workloads.find(({ name }) => name === bench.SIMGRID_WORKLOAD.name);
  if (!ours) return undefined;
  const step = (what: string) => process.stderr.write(`SimGrid: ${what}\n`);
  return await bench.compareWithSimGrid(ours, step, signal);
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

function growthSentence({ pieces, peers, exponent, exponentOfNLogN }: Growth): string {
  const [from, to] = peers.map((count) => count.toLocaleString('en'));
  return `From ${from} to ${to} peers with ${pieces} pieces processor time grows as n^${exponent.toFixed(2)}; n log n would be n^${exponentOfNLogN.toFixed(2)}.`;
}

function stateTable(states: readonly PeerState[]): string {
  const table = new Table({
    head: ['Picker', 'Peers', 'Pieces', 'Neighbours', 'Memory per peer', 'The swarm takes'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right'],
    style: STYLE,
  });
  for (const { picker, peers, pieces, neighbours, bytesPerPeer, makespanS } of states)
    table.push([
      picker === 'sampled' ? 'rarest of a sample' : 'rarest by exact buckets',
      peers,
      pieces,
      neighbours,
      `${bytesPerPeer.toLocaleString('en')} bytes`,
      `${makespanS.toFixed(3)} s`,
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
