/** USER_HZ, in which /proc counts time: 100 on every platform that Node runs on (`man 5 proc`). */
export const TICKS_PER_S = 100;

/** Time of all processors of a computer up to some moment [ms]. */
export interface ProcessorTimes {
  readonly busyMs: number;
  /** Part of it: what the kernel does in the name of no process, most of it for packets. */
  readonly softirqMs: number;
  readonly totalMs: number;
}

/** Shares of the processors between two moments, 0 to 1, to the hundredth. */
export interface ProcessorUse {
  readonly busyShare: number;
  /** Part of it. */
  readonly softirqShare: number;
}

/** What Linux says of all processors together, in the order of `man 5 proc`; time of guests is part of user and nice. */
const ALL_PROCESSORS = /^cpu +(\d+) (\d+) (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)/m;

/**
 * Of the text of `/proc/stat`. A processor that waits for a disk is idle; one that another virtual machine had meanwhile
 * (steal) was not there for this one, so it counts as busy.
 * @returns null for a text that does not say it
 */
export function timesInStat(text: string): ProcessorTimes | null {
  const found = ALL_PROCESSORS.exec(text);
  if (found === null) return null;
  const [user, nice, system, idle, iowait, irq, softirq, steal] = found.slice(1).map(Number) as Eight;
  const busy = user + nice + system + irq + softirq + steal;
  return { busyMs: inMs(busy), softirqMs: inMs(softirq), totalMs: inMs(busy + idle + iowait) };
}

type Eight = [number, number, number, number, number, number, number, number];

function inMs(ticks: number): number {
  return (ticks * 1000) / TICKS_PER_S;
}

/** What was in use between two moments. */
export function useBetween(before: ProcessorTimes, after: ProcessorTimes): ProcessorUse {
  const totalMs = after.totalMs - before.totalMs;
  const shareOf = (ms: number): number => (totalMs === 0 ? 0 : Math.round((ms / totalMs) * 100) / 100);
  return {
    busyShare: shareOf(after.busyMs - before.busyMs),
    softirqShare: shareOf(after.softirqMs - before.softirqMs),
  };
}
