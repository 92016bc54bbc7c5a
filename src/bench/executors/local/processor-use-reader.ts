import { cpus } from 'node:os';

/** Time of all processors of this computer up to some moment [ms]. */
export interface ProcessorTimes {
  readonly busyMs: number;
  readonly totalMs: number;
}

/** Time that the processors of this computer have spent, on whatever. */
export function processorTimes(): ProcessorTimes {
  const times = cpus().map((cpu) => cpu.times);
  const busyMs = times.reduce((sum, { user, nice, sys, irq }) => sum + user + nice + sys + irq, 0);
  return { busyMs, totalMs: times.reduce((sum, { idle }) => sum + idle, busyMs) };
}

/** Share of the processors that was in use between two moments, 0 to 1, to the hundredth. */
export function busyShareOf(before: ProcessorTimes, after: ProcessorTimes): number {
  const totalMs = after.totalMs - before.totalMs;
  return totalMs === 0 ? 0 : Math.round(((after.busyMs - before.busyMs) / totalMs) * 100) / 100;
}
