import { type Cell, type CellDetail, isMeasured } from '../metrics/cell.ts';
import { counted, listed, SOURCE_WORDS, TRANSPORT_WORDS } from '../metrics/plain-words.ts';
import type { RecordSelection } from '../metrics/record-selection.ts';
import { hasFinished } from '../metrics/run-outcome.ts';
import type { RecordSource, Transport } from '../record/run-record.ts';
import { cellWords } from './cell-words.ts';
import { isRun } from './comparison-table.ts';

/** A transfer this much quicker than its bound is not the rounding of a clock. */
const BELOW_BOUND = 0.995;

/** What a reader must know to judge the report: what the records say, then what the report itself knows. */
export function limitations(selection: RecordSelection, details: readonly CellDetail[]): string[] {
  const cells = details.map(({ cell }) => cell);
  return [
    ...recordedLimitations(selection),
    ...leftOut(selection),
    ...codeLimitations(selection),
    ...processorLimitations(selection),
    ...computerLimitations(selection),
    ...useLimitations(cells),
    ...repeatLimitations(cells),
    ...failureLimitations(details),
    ...verificationLimitations(details),
    ...foundLimitations(cells),
    ...boundLimitations(cells),
    ...publishedLimitations(cells),
  ];
}

/** Each sentence once, with the executors whose records have it. */
function recordedLimitations({ records }: RecordSelection): string[] {
  const pairs = records.flatMap((record) =>
    record.limitations.map((text) => ({ text, source: record.source })),
  );
  return [...Map.groupBy(pairs, (pair) => pair.text)].map(([text, same]) => {
    const sources = [...new Set(same.map((pair) => SOURCE_WORDS[pair.source]))];
    return `${text} (${listed(sources)})`;
  });
}

function leftOut({ otherSettings, superseded, notRun = [] }: RecordSelection): string[] {
  return [
    ...notRun.map((reason) => `Not run on this computer: ${reason}`),
    ...(otherSettings > 0
      ? [
          `${counted(otherSettings, 'record')} left out: only the settings, variants, published times, probe and image count that the scenario had when it was last run.`,
        ]
      : []),
    ...(superseded > 0
      ? [
          `${counted(superseded, 'record')} left out because the same run was made again later: the later one counts, unless others kept the computer busy during that one only.`,
        ]
      : []),
  ];
}

const UNKNOWN_CODE = 'code not recorded';

/**
 * Newer code may be quicker or slower: whoever compares cells wants to know. Old records do not say, so they are of other
 * code than those that do, maybe of several.
 */
function codeLimitations({ records }: RecordSelection): string[] {
  const made = records.filter(({ source }) => isMade(source));
  const byCode = Map.groupBy(made, ({ versions }) => versions.code ?? UNKNOWN_CODE);
  if (byCode.size < 2) return [];
  const told = [...byCode].map(([code, same]) => {
    const sources = [...new Set(same.map(({ source }) => SOURCE_WORDS[source]))];
    return `${code} (${counted(same.length, 'record')}, ${listed(sources)})`;
  });
  const isAllKnown = !byCode.has(UNKNOWN_CODE);
  const states = isAllKnown ? byCode.size : `at least ${byCode.size}`;
  const which = isAllKnown ? ' Each record says by which.' : '';
  return [
    `The records were made by ${states} states of the code, which need not be equally fast: ${listed(told)}.${which}`,
  ];
}

/** Marks are made of that share, and so is the choice of runs that are worth making again. */
function processorLimitations({ records }: RecordSelection): string[] {
  const older = records.filter(
    ({ busyShare, softirqShare }) => busyShare !== undefined && softirqShare === undefined,
  );
  if (older.length === 0) return [];
  return [
    `The processors were busier than ${counted(older.length, 'older record')} with a \`busyShare\` and no \`softirqShare\` say: what the kernel did for packets is not in them, about a fifth of the time in use where there are many, nor what other virtual machines had of the computer. Marks of a busy computer may be missing there.`,
  ];
}

function computerLimitations({ records }: RecordSelection): string[] {
  const measured = records.filter(({ source }) => isMeasured(source));
  const byComputer = Map.groupBy(measured, ({ host }) => `${host.cpu}, ${counted(host.cores, 'core')}`);
  if (byComputer.size < 2) return [];
  const told = [...byComputer].map(([computer, same]) => `${computer} (${counted(same.length, 'record')})`);
  return [
    `The runs were measured on ${byComputer.size} kinds of computers, which need not be equally fast: ${listed(told)}. Each record says on which.`,
  ];
}

/** Programs that are not ours stand below our agent and beside our server, and what they use is counted together. */
const BELOW_AGENT: ReadonlySet<Transport> = new Set([
  'aria2',
  'libtorrent',
  'clonezilla-unicast',
  'multicast',
  'clonezilla-multicast',
]);

function useLimitations(cells: readonly Cell[]): string[] {
  const known = cells.filter(
    ({ executor, transport, machinesCpuS, peakMemoryBytes }) =>
      executor === 'netns' &&
      BELOW_AGENT.has(transport) &&
      (machinesCpuS !== null || peakMemoryBytes !== null),
  );
  if (known.length === 0) return [];
  const transports = [...new Set(known.map(({ transport }) => TRANSPORT_WORDS[transport]))];
  return [
    `Processor time and memory of ${listed(transports)} are not those of the programs alone: our agent on each machine and our server, which run in Node, are in them. Records tell memory by process (\`peakMemoryBytes\`).`,
  ];
}

function isMade(source: RecordSource): boolean {
  return source === 'sim' || isMeasured(source);
}

function repeatLimitations(cells: readonly Cell[]): string[] {
  const runs = cells.filter(isRun);
  const once = runs.filter((cell) => countedRuns(cell) === 1);
  const twice = runs.filter((cell) => countedRuns(cell) === 2);
  return [
    ...(once.length > 0 ? [`No interval where there is a single run: ${cellWords(once)}.`] : []),
    ...(twice.length > 0
      ? [`No interval where there are two runs, only their range: ${cellWords(twice)}.`]
      : []),
  ];
}

/** Those that have a time; all, where none has. */
function countedRuns({ runs, timedRuns }: Cell): number {
  return timedRuns === 0 ? runs : timedRuns;
}

function failureLimitations(details: readonly CellDetail[]): string[] {
  const failed = details.filter(({ cell }) => cell.failedMachines > 0);
  if (failed.length === 0) return [];
  const machines = failed.flatMap(({ runs }) =>
    runs.flatMap((record) => record.fleet.filter((one) => !hasFinished(one))),
  );
  const reasons = Map.groupBy(machines, (machine) => machine.failure ?? 'no reason known');
  const told = [...reasons].map(([reason, same]) => `${reason} (${counted(same.length, 'machine')})`);
  return [
    `Failed machines are left out of makespan, latency and phases: ${cellWords(failed.map(({ cell }) => cell))}. Reasons: ${told.join('; ')}.`,
  ];
}

function verificationLimitations(details: readonly CellDetail[]): string[] {
  const open = details.filter(({ runs }) =>
    runs.some((record) => record.fleet.some((machine) => hasFinished(machine) && !machine.isVerified)),
  );
  if (open.length === 0) return [];
  return [`Machines finished without a verified disk: ${cellWords(open.map(({ cell }) => cell))}.`];
}

function foundLimitations(cells: readonly Cell[]): string[] {
  const found = cells.filter(({ foundShare }) => foundShare > 0);
  if (found.length === 0) return [];
  const most = Math.max(...found.map(({ foundShare }) => foundShare));
  return [
    `Up to ${Math.ceil(100 * most)} % of the image was on the disks before the run: ${cellWords(found)}. Only the rest was deployed; these times are held against no bound and no simulation. Make the disks blank before each run to measure whole deployments.`,
  ];
}

function boundLimitations(cells: readonly Cell[]): string[] {
  const below = cells.filter((cell) => isRun(cell) && (cell.boundRatio?.min ?? 1) < BELOW_BOUND);
  if (below.length === 0) return [];
  return [
    `Quicker than the lower bound in at least one run, so that the links were faster than the scenario says: ${cellWords(below)}. Do not trust these times.`,
  ];
}

function publishedLimitations(cells: readonly Cell[]): string[] {
  const published = cells.filter((cell) => cell.executor === 'published');
  if (published.length === 0) return [];
  return ['Published times stand as they were printed: single runs on a network that is not known in full.'];
}
