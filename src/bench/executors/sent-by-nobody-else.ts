import type { MachineResult } from '../record/run-record.ts';

/** Payload that no machine has sent, so that it came from the server [bytes]; null where a machine has not told. */
export function sentByNobodyElse(fleet: readonly MachineResult[]): number | null {
  if (fleet.some(({ doneS }) => doneS === null)) return null;
  return fleet.reduce((sum, { downloadedBytes, uploadedBytes }) => sum + downloadedBytes - uploadedBytes, 0);
}
