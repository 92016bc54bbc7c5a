import type { Assignment, LeftOutPlace, LeftOutReason, RunRecord } from '../../bench/index.ts';
import type { Bench } from '../bench-door.ts';

/** `[7 of 24] local: p2p, 8 machines` */
export function runTitle({ run }: Assignment, place: { index: number; count: number }): string {
  const variant = run.variant === '' ? '' : `, ${run.variant}`;
  const seed =
    run.scenario.seeds.length > 1 && run.randomSeed !== null ? `, random seed ${run.randomSeed}` : '';
  const machines = run.machines === 1 ? '1 machine' : `${run.machines} machines`;
  return `[${place.index + 1} of ${place.count}] ${run.source}: ${run.transport}${variant}, ${machines}${seed}`;
}

const LEFT_OUT: Readonly<Record<LeftOutReason, string>> = {
  unfinished: 'not repeated, it was not finished in time before',
  recorded: 'made before, its record counts',
};

/** What is said of a run that is left out. */
export function leftOutLine(assignment: Assignment, { index, all, reason }: LeftOutPlace): string {
  return `${runTitle(assignment, { index, count: all.length })}: ${LEFT_OUT[reason]}`;
}

/** `12.3 s, 8 of 8 verified` */
export function runResult(record: RunRecord, bench: Bench): string {
  const [detail] = bench.cellDetails([record]);
  const { makespanS, verifiedMachines } = detail!.cell;
  const time = makespanS === null ? bench.untimedWords(detail!.cell) : bench.readableTime(makespanS.median);
  if (record.fleet.length === 0) return time;
  return `${time}, ${verifiedMachines} of ${record.machines} verified`;
}
