import { existsSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { type ProcessorTimes, timesInStat } from './processor-times.ts';

const STAT = '/proc/stat';

/**
 * Time that the processors of this computer have spent, on whatever. Of Linux from `/proc/stat`: Node leaves out softirq,
 * where packets are handled, and steal (`uv_cpu_info`), and finds the processors idler than they are.
 */
export function processorTimes(): ProcessorTimes {
  const stat = existsSync(STAT) ? timesInStat(readFileSync(STAT, 'utf8')) : null;
  return stat ?? timesOfNode();
}

/** Other systems count their packets as time of the system. */
function timesOfNode(): ProcessorTimes {
  const times = cpus().map((cpu) => cpu.times);
  const busyMs = times.reduce((sum, { user, nice, sys, irq }) => sum + user + nice + sys + irq, 0);
  return { busyMs, softirqMs: 0, totalMs: times.reduce((sum, { idle }) => sum + idle, busyMs) };
}
