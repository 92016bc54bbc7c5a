import { isPlainObject } from '../record/plain-object.ts';
import { type MachineResult, PHASES, type Phase, type RunRecord } from '../record/run-record.ts';
import { hasFinished } from './run-outcome.ts';

/** A phase, or the time that no phase covers: `waitingWords` says what that is. */
export type PhaseOrWaiting = Phase | 'waiting';

/** Mean seconds per machine in each phase that took place, in the order of phases, `waiting` last. */
export type MeanPhaseTimes = ReadonlyMap<PhaseOrWaiting, number>;

/**
 * Mean time per phase over all machines of all runs that finished; a phase that a machine skipped counts as zero,
 * so that where phases do not overlap the times add up to the mean latency. Empty where no machine finished, and where a run
 * was given up: like its other times, those of the machines that had finished by then are those of the quick ones.
 */
export function meanPhaseTimes(runs: readonly RunRecord[]): MeanPhaseTimes {
  const isGivenUp = runs.some(({ unfinishedAfterS }) => unfinishedAfterS !== undefined);
  const finished = isGivenUp ? [] : runs.flatMap((record) => record.fleet.filter(hasFinished));
  const order: readonly PhaseOrWaiting[] = [...PHASES, 'waiting'];
  const means = order.map((phase): [PhaseOrWaiting, number] => {
    const totalS = finished.reduce((sum, machine) => sum + secondsIn(phase, machine), 0);
    return [phase, totalS / finished.length];
  });
  return new Map(means.filter(([, seconds]) => seconds > 0));
}

/** What `waiting` is, to be said beside the times; empty where nobody waited. */
export function waitingWords(runs: readonly RunRecord[]): string {
  if (!meanPhaseTimes(runs).has('waiting')) return '';
  const words = 'Waiting is time between phases, such as for the start of the transfer';
  // Phases are those of the last life, and the time of a machine counts from its first.
  return runs.some(hasComebacks)
    ? `${words}; of a machine that lost its power and came back it is also what it did before, and the time without power.`
    : `${words}.`;
}

/** Whether machines lose their power and are powered on again, as the scenario asks. */
function hasComebacks({ scenario: { settings } }: RunRecord): boolean {
  const { faults } = (settings ?? {}) as { readonly faults?: unknown };
  return Array.isArray(faults) && faults.some((fault) => isPlainObject(fault) && 'back' in fault);
}

function secondsIn(phase: PhaseOrWaiting, machine: MachineResult): number {
  if (phase === 'waiting') return waitingS(machine);
  const times = machine.phases[phase];
  return times === undefined ? 0 : times[1] - times[0];
}

/** Below a microsecond a gap is the rounding of the phase times, not a wait. */
const SHORTEST_WAIT_S = 1e-6;

/** Time from power-on to done that no phase covers. */
function waitingS({ poweredOnS, doneS, phases }: MachineResult): number {
  const intervals = Object.values(phases).sort((a, b) => a[0] - b[0]);
  let coveredToS = poweredOnS;
  let gapsS = 0;
  for (const [startS, endS] of [...intervals, [doneS ?? poweredOnS, doneS ?? poweredOnS]]) {
    if (startS! - coveredToS >= SHORTEST_WAIT_S) gapsS += startS! - coveredToS;
    coveredToS = Math.max(coveredToS, endS!);
  }
  return gapsS;
}
