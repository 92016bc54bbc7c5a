import { cpus } from 'node:os';

/** Processor time up to some moment. */
export interface ProcessorReading {
  /** Of the server process [s]; null where that is not known. */
  readonly serverCpuS: number | null;
  /** Of all processors of this computer [ms]. */
  readonly busyMs: number;
  readonly totalMs: number;
}

/** What goes into the record. */
export interface ProcessorUse {
  readonly serverCpuS?: number;
  /** 0 to 1. */
  readonly busyShare: number;
}

/** Time that the processors of this computer have spent, on whatever. */
export function processorTimes(): Pick<ProcessorReading, 'busyMs' | 'totalMs'> {
  const times = cpus().map((cpu) => cpu.times);
  const busyMs = times.reduce((sum, { user, nice, sys, irq }) => sum + user + nice + sys + irq, 0);
  return { busyMs, totalMs: times.reduce((sum, { idle }) => sum + idle, busyMs) };
}

/** What was spent between two readings, to the hundredth. */
export function processorUse(before: ProcessorReading, after: ProcessorReading): ProcessorUse {
  const busyShare = hundredths((after.busyMs - before.busyMs) / (after.totalMs - before.totalMs));
  if (before.serverCpuS === null || after.serverCpuS === null) return { busyShare };
  return { busyShare, serverCpuS: hundredths(after.serverCpuS - before.serverCpuS) };
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}
