/** Beyond this share of its processors in use a run says more of the computer than of the network. */
export const MOST_BUSY_SHARE = 0.6;

/** Whether the computer may have set the pace. */
export function isBusy(busyShare: number | null): boolean {
  return busyShare !== null && busyShare > MOST_BUSY_SHARE;
}
