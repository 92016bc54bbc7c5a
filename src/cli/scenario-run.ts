import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { ExecutorName, LoadedScenario, Probe, RunRecord, Selection } from '../bench/index.ts';
import { ConfigError, RunFailure } from '../failure.ts';
import { type Bench, openBench } from './bench-door.ts';
import { FailedMachines } from './failed-machines.ts';
import { type HardwareOptions, hardwareOption } from './hardware-option.ts';
import { interruptible } from './interruption.ts';
import { countOption, countsOption, namesOption } from './list-option.ts';
import { progressOn } from './progress/progress-on.ts';
import { tellReport } from './summary.ts';

/** What the command line says about a run, as text. */
export interface ScenarioRunOptions extends HardwareOptions {
  readonly on?: string;
  readonly machines?: string;
  readonly transports?: string;
  readonly variants?: string;
  readonly seeds?: string;
  readonly image?: string;
  readonly out?: string;
  readonly work?: string;
  readonly port?: string;
  readonly json?: boolean;
  readonly resume?: boolean;
  readonly probe?: string;
}

const LEFT = 'the records written so far are kept, and `run --resume` goes on behind them';

/** Options of every command that runs a scenario. */
export function executorOptions(command: Command): Command {
  return command
    .option(
      '--image <file>',
      'labs: disk image to deploy; its size replaces the scenario’s (default: a sample disk)',
    )
    .option('--out <folder>', 'where records and report go (default: reports/<scenario>)')
    .option(
      '--work <folder>',
      'labs: where disks are while a run goes on (default: the system’s folder for such things)',
    )
    .option(
      '--port <number>',
      'local and netns: first of three ports for the server of the lab (default: any free ones)',
    )
    .option('--json', 'print one JSON object on standard output and nothing else');
}

/** Runs a scenario and makes its report. Throws FailedMachines when the runs were made but machines failed. */
export async function runScenario(file: string, options: ScenarioRunOptions): Promise<void> {
  const bench = await openBench();
  const scenario = await bench.loadScenario(file, await changesOf(bench, options));
  const folder = options.out ?? join('reports', scenario.name);
  const store = new bench.RecordStore(folder);
  const question = {
    scenario,
    executors: await executorsOf(bench, scenario, options),
    only: selectionOf(bench, scenario, options),
    store,
    isResumed: options.resume === true,
    isSpoiledRepeated: true,
  };
  const progress = progressOn(process.stderr, bench);
  const made = async (signal: AbortSignal): Promise<RunRecord[]> => {
    try {
      return await bench.answer(question, {
        signal,
        machineProgressed: (machine, phase, share) => progress.machineProgressed(machine, phase, share),
        personAsked: (sentence) => progress.personAsked?.(sentence),
        runStarted: (assignment, index, all) => progress.runStarted(assignment, index, all),
        runLeftOut: (assignment, place) => progress.runLeftOut(assignment, place),
        runEnded: (assignment, record) => progress.runEnded(assignment, record),
        makerChanged: (earlier) => process.stderr.write(makerChangedLine(earlier)),
      });
    } finally {
      progress.close();
    }
  };
  const records = await interruptible(made, LEFT).catch(async (error: unknown) => {
    throw (await store.readIfAny()).length > 0 ? withWhatIsLeft(error) : error;
  });
  await bench.writeReport(folder, await store.read(), await store.asked());
  tellReport(bench, { folder, records, isJson: options.json === true });
  failedMachines(bench, scenario, records).throwIfAny();
}

/** The failure of one run, which has ended all. */
function withWhatIsLeft(error: unknown): unknown {
  if (!(error instanceof RunFailure)) return error;
  return new RunFailure(error.code, `${error.message}\n${LEFT}`, { cause: error });
}

function makerChangedLine(records: number): string {
  const words = records === 1 ? '1 record was' : `${records} records were`;
  return `${words} made by other code of Swarmboot, or on another computer, kernel or Node, or with other programs: these runs are made again\n`;
}

function failedMachines(
  bench: Bench,
  { variants }: LoadedScenario,
  records: readonly RunRecord[],
): FailedMachines {
  const failed = new FailedMachines();
  for (const record of records) {
    const variant = variants.find((each) => each.variant === record.variant);
    if (variant) failed.add(record, bench.unexpectedFailures(variant.scenario, record));
  }
  return failed;
}

function selectionOf(bench: Bench, { variants }: LoadedScenario, options: ScenarioRunOptions): Selection {
  const words = variants.map(({ variant }) => bench.variantWords(variant));
  return {
    ...(options.transports !== undefined && {
      transports: namesOption('--transports', options.transports, bench.TRANSPORTS),
    }),
    ...(options.variants !== undefined && {
      variants: namesOption('--variants', options.variants, words).map(
        (name) => variants[words.indexOf(name)]!.variant,
      ),
    }),
  };
}

async function executorsOf(bench: Bench, scenario: LoadedScenario, options: ScenarioRunOptions) {
  const names: readonly ExecutorName[] = options.on
    ? namesOption('--on', options.on, bench.EXECUTORS)
    : scenario.plain.executors;
  const lab = {
    ...(options.image === undefined ? {} : { image: options.image }),
    ...(options.work === undefined ? {} : { workFolder: await workOption(options.work) }),
    ...(options.port === undefined ? {} : { port: portOption(options.port) }),
  };
  const probe = options.probe === undefined ? {} : { probe: await probeOption(bench, options.probe) };
  const hardware = () => hardwareOption(options);
  return await Promise.all(names.map((name) => bench.executorNamed(name, { lab, hardware, ...probe })));
}

/** Says what in it may not hold for the runs that it is given to. */
async function probeOption(bench: Bench, file: string): Promise<Probe> {
  const probe = await bench.readProbe(file);
  for (const note of bench.versionNotes(probe, bench.readVersions())) process.stderr.write(`${note}\n`);
  return probe;
}

/** What the options change in the scenario, in the words of the file. */
async function changesOf(bench: Bench, options: ScenarioRunOptions): Promise<unknown> {
  const changes: Record<string, unknown> = {};
  if (options.machines !== undefined)
    changes.fleet = { machines: countsOption('--machines', options.machines) };
  if (options.seeds !== undefined) {
    changes.seeds = Array.from({ length: countOption('--seeds', options.seeds) }, (_, index) => index + 1);
  }
  if (options.image !== undefined) {
    const size = `${await bench.imageSizeOf(options.image)} B`;
    changes.image = { size, used: size };
  }
  return changes;
}

/** The last of the three ports must exist, too. */
function portOption(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_533) return port;
  throw new ConfigError('--port', `found \`${text}\`; allowed is a port number from 1 to 65533`);
}

async function workOption(folder: string): Promise<string> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory()) return folder;
  throw new ConfigError(
    '--work',
    `${folder} is ${found ? 'no folder' : 'not there'}; give a folder with room for the disks`,
  );
}
