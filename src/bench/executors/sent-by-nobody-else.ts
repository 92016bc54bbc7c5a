import type { MachineResult } from '../record/run-record.ts';

/**
 * Payload that no machine has sent, so that it came from the server [bytes]. Null where a machine has not told: its account
 * tells of its image and of what it has moved together.
 */
export function sentByNobodyElse(fleet: readonly MachineResult[]): number | null {
  if (fleet.some(({ doneS, image }) => doneS === null || image === undefined)) return null;
  return fleet.reduce((sum, { downloadedBytes, uploadedBytes }) => sum + downloadedBytes - uploadedBytes, 0);
}
