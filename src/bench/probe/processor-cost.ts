import { median } from '../metrics/cell.ts';
import type { RunRecord } from '../record/run-record.ts';
import type { TransportCost } from './probe.ts';

/** Runs that a probe made, with an image and with half of it. */
export interface ProbeRuns {
  readonly large: readonly RunRecord[];
  readonly small: readonly RunRecord[];
}

/** What noise may leave of the difference between two images [s/byte]. */
const LEAST_PER_BYTE_S = 1e-12;

/**
 * Processor time of a transport, from runs that finished. What the server and the machines used together, by machine, is
 * a part that grows with the image and one that does not: two images tell them apart. The runs with the most machines
 * count, since a peer takes longer for a byte the more others it talks to.
 * @returns undefined where runs with one of the images are missing
 */
export function processorCost({
  large,
  small,
}: ProbeRuns): Pick<TransportCost, 'cpuPerMachine' | 'cpuPerByte'> | undefined {
  const most = Math.max(...large.map(({ fleet }) => fleet.length));
  const [ofLarge, ofSmall] = [large, small].map((records) =>
    medianUse(records.filter(({ fleet }) => fleet.length === most)),
  );
  if (!ofLarge || !ofSmall) return undefined;
  const perByteS = (ofLarge.cpuS - ofSmall.cpuS) / (ofLarge.wireBytes - ofSmall.wireBytes);
  const cpuPerByte = Math.max(LEAST_PER_BYTE_S, perByteS);
  return { cpuPerMachine: Math.max(0, ofLarge.cpuS - cpuPerByte * ofLarge.wireBytes), cpuPerByte };
}

/** By machine. */
function medianUse(records: readonly RunRecord[]): { cpuS: number; wireBytes: number } | undefined {
  if (records.length === 0) return undefined;
  return {
    cpuS: median(records.map(cpuByMachineS))!,
    wireBytes: median(records.map(({ wireBytes }) => wireBytes))!,
  };
}

function cpuByMachineS({ fleet, serverCpuS = 0 }: RunRecord): number {
  return fleet.reduce((sum, { cpuS = 0 }) => sum + cpuS, serverCpuS) / fleet.length;
}
