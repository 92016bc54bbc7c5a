import type { MachineResult, RunRecord } from '../record/run-record.ts';

/** One run in numbers. Times in seconds; null where not known, where no machine finished, and of a run that was given up. */
export interface OutcomeNumbers {
  /** First power-on to the last machine done, over the machines that finished: failed ones are counted apart. */
  readonly makespanS: number | null;
  /** Start barrier to the last byte on disk, over the verified machines. */
  readonly transferS: number | null;
  /** Mean over the machines that finished, each from its own power-on. */
  readonly meanLatencyS: number | null;
  /** Bytes that the server sent / F. */
  readonly serverCopies: number | null;
  /** Bytes that other seeders sent together / F; null where the server is the only one. */
  readonly otherSeederCopies: number | null;
  /** Bytes that crossed the server's link away from it / F. */
  readonly serverLinkCopies: number | null;
  /** Processor time of all machines together, and of the server, from the start barrier to the last verified piece [s]. */
  readonly machinesCpuS: number | null;
  readonly serverCpuS: number | null;
  /** Most memory that the processes of one machine, and those of the server, ever held [byte]. */
  readonly peakMemoryBytes: number | null;
  readonly serverPeakMemoryBytes: number | null;
  readonly verifiedMachines: number;
  readonly failedMachines: number;
}

/** A machine that is done, and when. */
export type FinishedMachine = MachineResult & { readonly doneS: number };

/** The numbers of a record: measured from its fleet, or as its formula or publication gives them. */
export function outcomeNumbers(record: RunRecord): OutcomeNumbers {
  if (record.formula !== null) {
    return { ...record.formula, ...NOTHING_USED, verifiedMachines: 0, failedMachines: 0 };
  }
  const finished = record.fleet.filter(hasFinished);
  const verified = record.fleet.filter((machine) => machine.isVerified);
  return {
    ...(record.unfinishedAfterS === undefined ? timesOf(record, finished) : NO_TIMES),
    serverCopies: record.serverUploadedBytes === null ? null : record.serverUploadedBytes / record.wireBytes,
    ...useOf(record),
    verifiedMachines: verified.length,
    failedMachines: record.fleet.length - finished.length,
  };
}

type Times = Pick<OutcomeNumbers, 'makespanS' | 'transferS' | 'meanLatencyS'>;

/** What some machines took of a run that was given up says nothing of how long it takes. */
const NO_TIMES: Times = { makespanS: null, transferS: null, meanLatencyS: null };

function timesOf({ fleet, barrierS }: RunRecord, finished: readonly FinishedMachine[]): Times {
  const verified = fleet.filter((machine) => machine.isVerified);
  const transferEnd = largest(verified.flatMap(transferEndOf));
  return {
    makespanS: largest(finished.map((machine) => machine.doneS)),
    transferS: transferEnd === null ? null : transferEnd - barrierS,
    meanLatencyS: mean(finished.map((machine) => machine.doneS - machine.poweredOnS)),
  };
}

type Use = Pick<
  OutcomeNumbers,
  | 'otherSeederCopies'
  | 'serverLinkCopies'
  | 'machinesCpuS'
  | 'serverCpuS'
  | 'peakMemoryBytes'
  | 'serverPeakMemoryBytes'
>;

const NOTHING_USED: Use = {
  otherSeederCopies: null,
  serverLinkCopies: null,
  machinesCpuS: null,
  serverCpuS: null,
  peakMemoryBytes: null,
  serverPeakMemoryBytes: null,
};

/** What is known of some runs beside times. */
function useOf(record: RunRecord): Use {
  const { fleet, seedersUploadedBytes, serverLink, serverCpuS, serverPeakMemoryBytes, wireBytes } = record;
  const cpuS = fleet.flatMap((machine) => machine.cpuS ?? []);
  return {
    otherSeederCopies: seedersUploadedBytes === undefined ? null : seedersUploadedBytes / wireBytes,
    serverLinkCopies: serverLink === undefined ? null : serverLink.upBytes / wireBytes,
    machinesCpuS: cpuS.length === 0 ? null : sum(cpuS),
    serverCpuS: serverCpuS ?? null,
    peakMemoryBytes: largest(fleet.flatMap(({ peakMemoryBytes }) => together(peakMemoryBytes) ?? [])),
    serverPeakMemoryBytes: together(serverPeakMemoryBytes),
  };
}

/** Of all processes of a host. */
function together(bytesOf: Readonly<Record<string, number>> | undefined): number | null {
  return bytesOf === undefined ? null : sum(Object.values(bytesOf));
}

/** True for a machine that went through all phases without a failure. */
export function hasFinished(machine: MachineResult): machine is FinishedMachine {
  return machine.doneS !== null && machine.failure === null;
}

/** End of the transfer of one machine: its disk is written, at the latest, when `write` ends where there is one. */
function transferEndOf({ phases }: MachineResult): number[] {
  const last = phases.write ?? phases.download;
  return last === undefined ? [] : [last[1]];
}

function largest(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((high, value) => Math.max(high, value));
}

/** Arithmetic mean, or null of nothing. */
function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : sum(values) / values.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
