import { type CellDetail, cellDetails, median } from '../metrics/cell.ts';
import { hasFinished, outcomeNumbers } from '../metrics/run-outcome.ts';
import type { RunRecord, Transport } from '../record/run-record.ts';

/** A number that repeated runs have yielded. */
export type Figure =
  | {
      readonly kind: 'known';
      readonly value: number;
      /** True where the runs compared with were ended before they had finished: the number is larger than that. */
      readonly isAtLeast: boolean;
    }
  /** Machines did not finish that should have. */
  | { readonly kind: 'unfinished' }
  | { readonly kind: 'missing' };

const MISSING: Figure = { kind: 'missing' };
const UNFINISHED: Figure = { kind: 'unfinished' };

function known(value: number | null | undefined): Figure {
  return typeof value === 'number' ? { kind: 'known', value, isAtLeast: false } : MISSING;
}

/** Which runs of a scenario are meant. */
export interface CellChoice {
  readonly transport: Transport;
  readonly machines: number;
  /** Left out: the plain scenario. */
  readonly variant?: string;
}

/** The runs of a cell, or undefined where there are none. */
export function cellOf(
  records: readonly RunRecord[],
  { transport, machines, variant = '' }: CellChoice,
): CellDetail | undefined {
  const runs = records.filter(
    (record) => record.transport === transport && record.machines === machines && record.variant === variant,
  );
  return cellDetails(runs)[0];
}

/** What the runs of a cell yield, provided that every machine finished in all of them. */
export function figureOf(
  detail: CellDetail | undefined,
  numberOf: (detail: CellDetail) => number | null,
): Figure {
  if (detail === undefined) return MISSING;
  return detail.cell.failedMachines > 0 ? UNFINISHED : known(numberOf(detail));
}

/** Transfer / lower bound. */
export function timesBound(detail: CellDetail | undefined): Figure {
  return figureOf(detail, ({ cell }) => cell.boundRatio?.median ?? null);
}

/** How many times as fast the first is as the second. */
export function timesAsFast(first: CellDetail | undefined, second: CellDetail | undefined): Figure {
  const own = transferOf(first);
  if (own.kind !== 'known' || second === undefined) return own.kind === 'known' ? MISSING : own;
  if (second.cell.unfinishedRuns > 0) return sooner(own.value, second.runs);
  const other = transferOf(second);
  return other.kind === 'known' ? known(other.value / own.value) : other;
}

/** Runs that were given up took longer than the rest: the middle of all is known, or is one of them. */
function sooner(ownS: number, runs: readonly RunRecord[]): Figure {
  const times = runs
    .map((record) => ({
      timeS: record.unfinishedAfterS ?? outcomeNumbers(record).transferS ?? Infinity,
      isGivenUp: record.unfinishedAfterS !== undefined,
    }))
    .sort((one, other) => one.timeS - other.timeS || Number(one.isGivenUp) - Number(other.isGivenUp));
  const middle = times.slice(Math.ceil(times.length / 2) - 1, Math.floor(times.length / 2) + 1);
  const value = median(middle.map(({ timeS }) => timeS))! / ownS;
  return { kind: 'known', value, isAtLeast: middle.some(({ isGivenUp }) => isGivenUp) };
}

function transferOf(detail: CellDetail | undefined): Figure {
  return figureOf(detail, ({ cell }) => cell.transferS?.median ?? null);
}

/** The quotient of what both cells yield. */
export function quotient(first: Figure, second: Figure): Figure {
  if (first.kind !== 'known') return first;
  return second.kind === 'known' ? known(first.value / second.value) : second;
}

/** Time from the start of the transfer until these machines had the image: the median over the runs [s]. */
export function groupTransferS(detail: CellDetail | undefined, group: ReadonlySet<string>): Figure {
  if (detail === undefined) return MISSING;
  const times = detail.runs.map((record) => lastImageS(record, group));
  return times.includes(null) ? UNFINISHED : known(median(times as number[]));
}

function lastImageS({ fleet, barrierS }: RunRecord, group: ReadonlySet<string>): number | null {
  const members = fleet.filter(({ machine }) => group.has(machine));
  const ends = members.flatMap((machine) => {
    const last = machine.phases.write ?? machine.phases.download;
    return hasFinished(machine) && machine.isVerified && last ? [last[1]] : [];
  });
  return ends.length < members.length || ends.length === 0 ? null : Math.max(...ends) - barrierS;
}

/** The figure, where the server has sent so many copies in every run, and has left then; missing where it has stayed. */
export function onceSeederLeft(detail: CellDetail | undefined, copies: number, figure: Figure): Figure {
  const hasLeft = detail?.runs.every(
    ({ serverUploadedBytes, wireBytes }) => (serverUploadedBytes ?? 0) >= copies * wireBytes,
  );
  return hasLeft ? figure : MISSING;
}

/** Share of these machines that have a verified disk, in the worst of the runs. */
export function verifiedShare(detail: CellDetail | undefined, group: ReadonlySet<string>): Figure {
  if (detail === undefined) return MISSING;
  const shares = detail.runs.map(({ fleet }) => {
    const members = fleet.filter(({ machine }) => group.has(machine));
    return members.filter(({ isVerified }) => isVerified).length / group.size;
  });
  return known(Math.min(...shares));
}
