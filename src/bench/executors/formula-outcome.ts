import type { FormulaResult, Transport } from '../record/run-record.ts';
import type { Scenario, Seconds } from '../scenario/schema.ts';
import { rawSize, wireSize } from '../scenario/wire-size.ts';
import { isReadBackEarly, isSerial, readBps, writeBps } from './disk-rates.ts';
import type { RunOutcome } from './executor.ts';

/** What a formula says of the transfer alone. */
export interface Prediction {
  /** Start of the transfer to the last machine that has the image. */
  readonly transferS: Seconds;
  /** How long the last machine downloads; left out for all of the transfer. */
  readonly downloadS?: Seconds;
  /** Mean over the machines, where there is a formula. */
  readonly meanS: Seconds | null;
  readonly serverCopies: number | null;
}

/** The transfer of a formula, with the phases before and after it. */
export function formulaOutcome(
  scenario: Scenario,
  { transferS, downloadS = transferS, meanS, serverCopies }: Prediction,
  { transport, limitation }: { transport: Transport; limitation: string },
): RunOutcome {
  const { boot, register, metainfo, partition } = scenario.phases;
  const aroundS = (ownS: Seconds): Seconds => aroundDownloadS(scenario, transport, ownS);
  const formula: FormulaResult = {
    makespanS: transferS + aroundS(downloadS),
    transferS: transferS + serialWriteS(scenario, transport),
    meanLatencyS: meanS === null ? null : meanS + aroundS(meanS),
    serverCopies,
  };
  return {
    formula,
    fleet: [],
    barrierS: boot + register + metainfo + partition,
    serverUploadedBytes: serverCopies === null ? null : serverCopies * wireSize(scenario.image),
    traceDigest: null,
    limitations: [limitation],
  };
}

/** What a machine does before and after the download: its phases of fixed length, a write after it, the read-back. */
function aroundDownloadS(scenario: Scenario, transport: Transport, downloadS: Seconds): Seconds {
  const fixedS = Object.values(scenario.phases).reduce((sum, lastsS) => sum + lastsS, 0);
  return fixedS + serialWriteS(scenario, transport) + verifyS(scenario, transport, downloadS);
}

/** All of the read-back, or what does not go beside the download: the last piece at least, where each is flushed. */
function verifyS(scenario: Scenario, transport: Transport, downloadS: Seconds): Seconds {
  const { image, disk } = scenario;
  const readBackS = disk.readBack ? rawSize(image) / readBps(disk) : 0;
  if (!isReadBackEarly(scenario, transport)) return readBackS;
  return Math.max(readBackS / Math.ceil(wireSize(image) / image.pieceLength), readBackS - downloadS);
}

function serialWriteS(scenario: Scenario, transport: Transport): Seconds {
  return isSerial(scenario, transport) ? rawSize(scenario.image) / writeBps(scenario) : 0;
}

/** Rate of decoder and disk in wire bytes per second; Infinity where the disk waits until the download is over. */
export function streamedDiskBps(scenario: Scenario, transport: Transport): number {
  const { image } = scenario;
  if (isSerial(scenario, transport)) return Infinity;
  return (writeBps(scenario) * wireSize(image)) / rawSize(image);
}

/** Rate at which a machine reads what it passes on from its disk [wire byte/s]. */
export function readWireBps({ image, disk }: Scenario): number {
  return (readBps(disk) * wireSize(image)) / rawSize(image);
}

/** What a machine sends of what it passes on: its uplink, and its disk [wire byte/s]. */
export function uploadBps(scenario: Scenario): number {
  return Math.min(scenario.network.machine.up, readWireBps(scenario));
}
