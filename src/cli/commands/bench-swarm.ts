import { loadavg } from 'node:os';
import { Command } from 'commander';
import type { CaseResult, GoalRow } from '../../bench/index.ts';
import { RunFailure } from '../../failure.ts';
import { type Bench, openBench } from '../bench-door.ts';
import { interruptible } from '../interruption.ts';
import { countOption, namesOption } from '../list-option.ts';
import { progressOn } from '../progress/progress-on.ts';
import { printTable } from '../table.ts';

interface BenchSwarmOptions {
  readonly only?: string;
  readonly repeats: string;
  readonly out: string;
  readonly work?: string;
  readonly json?: boolean;
}

/** `swarmboot bench:swarm` */
export function benchSwarmCommand(): Command {
  return new Command('bench:swarm')
    .description(
      'Holds our swarm against its goals and against other programs, over network namespaces (root), in some hours.',
    )
    .option('--only <cases>', 'only these cases, such as limit,churn; a wrong name lists them')
    .option('--repeats <count>', 'runs of each cell', '3')
    .option('--out <folder>', 'where records and reports go, a folder for each scenario', 'reports')
    .option(
      '--work <folder>',
      'where disks are while a run goes on (default: in memory, where there is room)',
    )
    .option('--json', 'print one JSON object on standard output and nothing else')
    .addHelpText(
      'after',
      `
Examples:
  npm run bench:swarm                                      # everything, three times each
  npm run bench:swarm -- --only limit --repeats 1          # one case, once
  npm run bench:swarm -- --only limit,churn --json > goals.json`,
    )
    .action(async (options: BenchSwarmOptions) => benchSwarm(await openBench(), options));
}

async function benchSwarm(
  bench: Bench,
  { only, repeats, out, work, json }: BenchSwarmOptions,
): Promise<void> {
  const names = bench.SWARM_CASES.map(({ name }) => name);
  const chosen = only === undefined ? names : namesOption('--only', only, names);
  const loadBefore = loadavg();
  const progress = progressOn(process.stderr, bench);
  const options = {
    cases: bench.SWARM_CASES.filter(({ name }) => chosen.includes(name)),
    repeats: countOption('--repeats', repeats),
    out,
    ...(work === undefined ? {} : { workFolder: work }),
  };
  const results = await interruptible(async (signal) => {
    try {
      return await bench.runSwarmBench(options, {
        signal,
        machineProgressed: (machine, phase, share) => progress.machineProgressed(machine, phase, share),
        personAsked: (sentence) => progress.personAsked?.(sentence),
        runStarted: (assignment, index, all) => progress.runStarted(assignment, index, all),
        runLeftOut: (assignment, place) => progress.runLeftOut(assignment, place),
        runEnded: (assignment, record) => progress.runEnded(assignment, record),
        caseStarted(name, leftOut) {
          process.stderr.write(`${name}\n`);
          for (const { reason } of leftOut) process.stderr.write(`left out: ${reason}\n`);
        },
      });
    } finally {
      progress.close();
    }
  });
  const setup = setupOf(results, loadBefore);
  if (json) tellJson(bench, results, setup);
  else tellTable(bench, results, setup);
  throwIfUnmeasured(bench, results);
}

type Setup = ReturnType<typeof setupOf>;

/** Load averages over 1, 5 and 15 minutes. */
function setupOf(results: readonly CaseResult[], loadBefore: readonly number[]) {
  const records = results.flatMap((result) => result.records);
  const versions = Object.assign({}, ...records.map((record) => record.versions)) as Record<string, string>;
  return { host: records[0]!.host, versions, loadBefore, loadAfter: loadavg() };
}

function tellJson(bench: Bench, results: readonly CaseResult[], setup: Setup): void {
  const cases = results.map(({ name, rows, leftOut, records, folder }) => ({
    case: name,
    out: folder,
    rows: rows.map((row) => jsonRow(bench, row)),
    leftOut,
    cells: bench.cellDetails(records).map(({ cell }) => cell),
  }));
  process.stdout.write(`${JSON.stringify({ setup, cases })}\n`);
}

function jsonRow(bench: Bench, row: GoalRow) {
  return { ...row, verdict: bench.verdictOf(row) };
}

function tellTable(bench: Bench, results: readonly CaseResult[], setup: Setup): void {
  const { cpu, cores, memoryMiB, platform } = setup.host;
  const loads = [setup.loadBefore, setup.loadAfter].map((load) => load[0]!.toFixed(2));
  const versions = Object.entries(setup.versions).map(([name, version]) => `${name} ${version}`);
  printTable(bench.goalTable(results));
  process.stdout.write(
    `${[
      '',
      `Computer: ${cpu}, ${cores} cores, ${memoryMiB} MiB, ${platform}; load ${loads[0]} before, ${loads[1]} after`,
      `Versions: ${versions.join(', ')}`,
      ...results.map(({ name, folder }) => `Report of ${name}: ${folder}/index.html`),
    ].join('\n')}\n`,
  );
}

function throwIfUnmeasured(bench: Bench, results: readonly CaseResult[]): void {
  const open = results.flatMap(({ name, rows }) =>
    rows.filter((row) => bench.verdictOf(row) === 'not measured').map(({ what }) => `  ${name}: ${what}`),
  );
  if (open.length > 0)
    throw new RunFailure('NOT_MEASURED', `not everything was measured:\n${open.join('\n')}`);
}
