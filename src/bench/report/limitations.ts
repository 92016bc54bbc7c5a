import type { Cell, CellDetail } from '../metrics/cell.ts';
import { counted, listed, SOURCE_WORDS, TRANSPORT_WORDS, variantWords } from '../metrics/plain-words.ts';
import type { RecordSelection } from '../metrics/record-selection.ts';
import { hasFinished } from '../metrics/run-outcome.ts';
import { boundRatio, isRun } from './comparison-table.ts';

/** A transfer this much quicker than its bound is not the rounding of a clock. */
const BELOW_BOUND = 0.995;
/** More cells than these are counted, not named. */
const MOST_NAMED = 4;

/** What a reader must know to judge the report: what the records say, then what the report itself knows. */
export function limitations(selection: RecordSelection, details: readonly CellDetail[]): string[] {
  const cells = details.map(({ cell }) => cell);
  return [
    ...recordedLimitations(selection),
    ...leftOut(selection),
    ...repeatLimitations(cells),
    ...failureLimitations(details),
    ...verificationLimitations(details),
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

function leftOut({ otherSettings, superseded }: RecordSelection): string[] {
  return [
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

function repeatLimitations(cells: readonly Cell[]): string[] {
  const runs = cells.filter(isRun);
  const once = runs.filter((cell) => cell.runs === 1);
  const twice = runs.filter((cell) => cell.runs === 2);
  return [
    ...(once.length > 0 ? [`No interval where there is a single run: ${cellWords(once)}.`] : []),
    ...(twice.length > 0
      ? [`No interval where there are two runs, only their range: ${cellWords(twice)}.`]
      : []),
  ];
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

function boundLimitations(cells: readonly Cell[]): string[] {
  const below = cells.filter((cell) => isRun(cell) && (boundRatio(cell) ?? 1) < BELOW_BOUND);
  if (below.length === 0) return [];
  return [
    `Quicker than the lower bound, so that the links were faster than the scenario says: ${cellWords(below)}. Do not trust these times.`,
  ];
}

function publishedLimitations(cells: readonly Cell[]): string[] {
  const published = cells.filter((cell) => cell.executor === 'published');
  if (published.length === 0) return [];
  return ['Published times stand as they were printed: single runs on a network that is not known in full.'];
}

function cellWords(cells: readonly Cell[]): string {
  const names = cells.slice(0, MOST_NAMED).map((cell) => {
    const variant = cell.variant === '' ? '' : `, ${variantWords(cell.variant)}`;
    return `${TRANSPORT_WORDS[cell.transport]} with ${counted(cell.machines, 'machine')} (${SOURCE_WORDS[cell.executor]}${variant})`;
  });
  const more = cells.length - names.length;
  return listed(more > 0 ? [...names, `${counted(more, 'other cell')}`] : names);
}
