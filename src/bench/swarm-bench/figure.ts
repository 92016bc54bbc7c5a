import { type CellDetail, cellDetails, median } from '../metrics/cell.ts';
import { hasFinished } from '../metrics/run-outcome.ts';
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
  return figureOf(detail, ({ cell: { transferS, lowerBoundS } }) =>
    transferS === null || !lowerBoundS ? null : transferS.median / lowerBoundS,
  );
}

/** How many times as fast the first is as the second. */
export function timesAsFast(first: CellDetail | undefined, second: CellDetail | undefined): Figure {
  const own = transferOf(first);
  if (own.kind !== 'known' || second === undefined) return own.kind === 'known' ? MISSING : own;
  const { unfinishedAfterS } = second.cell;
  if (unfinishedAfterS !== null) {
    return { kind: 'known', value: unfinishedAfterS / own.value, isAtLeast: true };
  }
  const other = transferOf(second);
  return other.kind === 'known' ? known(other.value / own.value) : other;
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

/** Bytes / F that came into a site over its WAN link: the median over the runs; null where not measured. */
export function siteCopies(runs: readonly RunRecord[], site: number): number | null {
  return median(
    runs.flatMap(({ siteLinks, wireBytes }) => {
      const link = siteLinks?.[site];
      return link === undefined ? [] : [link.downBytes / wireBytes];
    }),
  );
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
