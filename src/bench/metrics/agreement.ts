import type { RecordSource, RunRecord, Transport } from '../record/run-record.ts';
import { isBusy } from './busy-computer.ts';
import { type Cell, type CellDetail, isMeasured } from './cell.ts';
import { hasFinished } from './run-outcome.ts';

/** A cell that was both measured with real bytes and simulated; the shape that `--json` prints. */
export interface Agreement {
  /** Who measured. */
  readonly executor: RecordSource;
  readonly transport: Transport;
  /** `""` for the plain scenario. */
  readonly variant: string;
  readonly machines: number;
  /** Medians of the makespan [s]. */
  readonly measuredS: number;
  readonly simulatedS: number;
  /** (simulatedS - measuredS) / measuredS */
  readonly error: number;
}

/** The same with what only the report shows; null where it is not known. */
export interface AgreementDetail {
  readonly agreement: Agreement;
  /** As `error`, of the mean latency of the machines. */
  readonly meanError: number | null;
  readonly measuredCopies: number | null;
  readonly simulatedCopies: number | null;
  /** Mean time between the two completion curves / measured makespan; null where not all machines finished in both. */
  readonly curveDistance: number | null;
  /** Whether other numbers of machines failed. */
  readonly isOtherOutcome: boolean;
  /** Whether the simulation was given what a probe had measured in the lab. */
  readonly isProbed: boolean;
  /** Whether a run that was measured may have waited for the computer's processors. */
  readonly isBusy: boolean;
}

/** Cells that were measured and simulated, in the order of `cellDetails`, but for those that cannot be compared. */
export function agreementDetails(details: readonly CellDetail[]): AgreementDetail[] {
  return pairsOf(details).flatMap(([measured, simulated]) => compared(measured, simulated) ?? []);
}

/**
 * Cells that were measured and simulated and cannot be compared: nobody finished in one of them, or not in time, or a part
 * of the image was on the disks before.
 */
export function uncomparedCells(details: readonly CellDetail[]): Cell[] {
  return pairsOf(details)
    .filter(([measured, simulated]) => compared(measured, simulated) === null)
    .map(([{ cell }]) => cell);
}

/** Measured and simulated. */
function pairsOf(details: readonly CellDetail[]): (readonly [CellDetail, CellDetail])[] {
  const simulated = new Map(
    details.filter(({ cell }) => cell.executor === 'sim').map((detail) => [keyOf(detail), detail]),
  );
  return details
    .filter(({ cell }) => isMeasured(cell.executor))
    .flatMap((measured) => {
      const twin = simulated.get(keyOf(measured));
      return twin ? [[measured, twin] as const] : [];
    });
}

function keyOf({ cell: { transport, variant, machines } }: CellDetail): string {
  return JSON.stringify([transport, variant, machines]);
}

function compared(measured: CellDetail, simulated: CellDetail): AgreementDetail | null {
  if (!simulated.cell.makespanS || !measured.cell.makespanS || measured.cell.foundShare > 0) return null;
  const { executor, transport, variant, machines, makespanS, meanLatencyS, serverCopies } = measured.cell;
  const measuredS = makespanS.median;
  const simulatedS = simulated.cell.makespanS.median;
  const distanceS = curveDistanceS(measured.runs, simulated.runs);
  return {
    agreement: {
      executor,
      transport,
      variant,
      machines,
      measuredS,
      simulatedS,
      error: errorOf(simulatedS, measuredS)!,
    },
    meanError: errorOf(simulated.cell.meanLatencyS, meanLatencyS),
    measuredCopies: serverCopies,
    simulatedCopies: simulated.cell.serverCopies,
    curveDistance: distanceS === null ? null : distanceS / measuredS,
    isOtherOutcome: measured.cell.failedMachines !== simulated.cell.failedMachines,
    // Nothing else than a probe is what a simulation rests on beside its scenario.
    isProbed: simulated.runs.some(({ basis = '' }) => basis !== ''),
    isBusy: isBusy(measured.cell.busyShare),
  };
}

function errorOf(simulated: number | null, measured: number | null): number | null {
  return simulated === null || measured === null ? null : (simulated - measured) / measured;
}

/**
 * Area between two completion curves, each over all runs of its cell [s]: the mean distance of the times at which the
 * same share of the machines is done.
 */
function curveDistanceS(measured: readonly RunRecord[], simulated: readonly RunRecord[]): number | null {
  const [one, other] = [doneTimes(measured), doneTimes(simulated)];
  if (one === null || other === null) return null;
  // Cuts the shares where either curve has a step.
  const steps = [...sharesOf(one), ...sharesOf(other)].sort((a, b) => a - b);
  let [area, before] = [0, 0];
  for (const share of steps) {
    const middle = (before + share) / 2;
    area += (share - before) * Math.abs(timeAt(one, middle) - timeAt(other, middle));
    before = share;
  }
  return area;
}

function doneTimes(runs: readonly RunRecord[]): number[] | null {
  const fleet = runs.flatMap((record) => record.fleet);
  const finished = fleet.filter(hasFinished);
  if (finished.length === 0 || finished.length < fleet.length) return null;
  return finished.map(({ doneS }) => doneS).sort((a, b) => a - b);
}

function sharesOf(times: readonly number[]): number[] {
  return times.map((_, index) => (index + 1) / times.length);
}

function timeAt(times: readonly number[], share: number): number {
  return times[Math.min(times.length - 1, Math.floor(share * times.length))]!;
}
