import type { RunRecord } from '../record/run-record.ts';

/** Beyond this share of its processors in use a run says more of the computer than of the network. */
export const MOST_BUSY_SHARE = 0.6;
/** Stands in tables at what a busy computer may have slowed down. */
export const BUSY_MARK = '‡';

/** Whether the computer may have set the pace. */
export function isBusy(busyShare: number | null): boolean {
  return busyShare !== null && busyShare > MOST_BUSY_SHARE;
}

/** Share of the processors that may go to others than the lab; what the kernel does beside packets is part of it. */
const MOST_FOREIGN_SHARE = 0.25;

/** Whether others than the lab kept the computer busy, so that the run is worth making again. */
export function isSpoiled(record: RunRecord): boolean {
  return isBusy(record.busyShare ?? null) && foreignShare(record) > MOST_FOREIGN_SHARE;
}

/**
 * Of the time from the first power-on to the end of the last download, or to the end of the run. What the kernel did for
 * packets (softirq) is left out: nearly all of them are the lab's own, no process is charged for what a processor does that
 * was idle, and whether others are is a setting of the kernel (CONFIG_IRQ_TIME_ACCOUNTING). So a lab that sends much is not
 * taken for a disturbed one; the packets of others are not noticed by this.
 */
function foreignShare(record: RunRecord): number {
  const { fleet, barrierS, busyShare = 0, softirqShare = 0, serverCpuS, unfinishedAfterS, host } = record;
  const ends = fleet.flatMap(({ phases }) => phases.download?.[1] ?? []);
  const lastedS = unfinishedAfterS === undefined ? Math.max(0, ...ends) : barrierS + unfinishedAfterS;
  const ownS = fleet.reduce((sum, { cpuS = 0 }) => sum + cpuS, serverCpuS ?? 0);
  return lastedS === 0 ? 0 : busyShare - softirqShare - ownS / (lastedS * host.cores);
}
