import type { FormulaResult, Transport } from '../record/run-record.ts';
import type { Scenario, Seconds } from '../scenario/schema.ts';
import { rawSize, wireSize } from '../scenario/wire-size.ts';
import { readBps, writeBps } from './disk-rates.ts';
import type { RunOutcome } from './executor.ts';

/** What a formula says of the transfer alone. */
export interface Prediction {
  /** Start of the transfer to the last machine that has the image. */
  readonly transferS: Seconds;
  /** Mean over the machines, where there is a formula. */
  readonly meanS: Seconds | null;
  readonly serverCopies: number | null;
}

/** The transfer of a formula, with the phases before and after it. */
export function formulaOutcome(
  scenario: Scenario,
  { transferS, meanS, serverCopies }: Prediction,
  { transport, limitation }: { transport: Transport; limitation: string },
): RunOutcome {
  const { boot, register, metainfo, partition, finish } = scenario.phases;
  const barrierS = boot + register + metainfo + partition;
  const writeS = isSerial(scenario, transport) ? rawSize(scenario.image) / writeBps(scenario) : 0;
  const verifyS = scenario.disk.readBack ? rawSize(scenario.image) / readBps(scenario.disk) : 0;
  const aroundS = barrierS + writeS + verifyS + finish;
  const formula: FormulaResult = {
    makespanS: transferS + aroundS,
    transferS: transferS + writeS,
    meanLatencyS: meanS === null ? null : meanS + aroundS,
    serverCopies,
  };
  return {
    formula,
    fleet: [],
    barrierS,
    serverUploadedBytes: serverCopies === null ? null : serverCopies * wireSize(scenario.image),
    traceDigest: null,
    limitations: [limitation],
  };
}

/** Rate of decoder and disk in wire bytes per second; Infinity where the disk waits until the download is over. */
export function streamedDiskBps(scenario: Scenario, transport: Transport): number {
  const { image } = scenario;
  if (isSerial(scenario, transport)) return Infinity;
  return (writeBps(scenario) * wireSize(image)) / rawSize(image);
}

function isSerial({ transports }: Scenario, transport: Transport): boolean {
  const settings = transports[transport];
  return settings !== undefined && 'diskWrite' in settings && settings.diskWrite === 'serial';
}
