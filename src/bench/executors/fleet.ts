import type { LinkModel } from '../../sim/index.ts';
import type { MachineResult } from '../record/run-record.ts';
import type { Scenario } from '../scenario/schema.ts';

/** One machine of a scenario, with the faults that befall it. */
export interface FleetMachine {
  /** `m001`, `m002`, ... in order of arrival. */
  readonly name: string;
  readonly link: LinkModel;
  /** What becomes of the link, in order of time. */
  readonly linkChanges: readonly LinkChange[];
  /** Seconds after the start of the transfer at which it is killed; Infinity if it is not. */
  readonly killedAfterS: number;
  /** Seconds after the start of the transfer at which it is powered on again; Infinity if it never is. */
  readonly backAfterS: number;
  /** Seconds after the start of the transfer at which it is powered on; 0 for one that starts with the others. */
  readonly joinsAfterS: number;
  /** Share of the image that its disk takes before writing fails; Infinity if it never does. */
  readonly diskTakesShare: number;
  /** Share of the pieces it sends that do not match their hash. */
  readonly corruptShare: number;
}

/** A link from a time on, in seconds after the start of the transfer; rates of 0 for a cable that is out. */
export interface LinkChange {
  readonly atS: number;
  readonly link: LinkModel;
}

/** The name of machine `number`, counted from 1. */
export function machineName(number: number): string {
  return `m${String(number).padStart(3, '0')}`;
}

/**
 * The machines of one run: those that came first are slow, those that come last join later, and the last of the others
 * are killed, where faults say so.
 */
export function fleetOf(scenario: Scenario, machines: number): FleetMachine[] {
  const { up, down } = scenario.network.machine;
  const joinTimesS = scenario.faults.flatMap((fault) =>
    'join' in fault ? Array.from({ length: fault.join }, () => fault.at) : [],
  );
  const starters = machines - joinTimesS.length;
  return Array.from({ length: machines }, (_, index) => {
    const machine: FleetMachine = {
      name: machineName(index + 1),
      link: { upBps: up, downBps: down },
      linkChanges: [],
      killedAfterS: Infinity,
      backAfterS: Infinity,
      joinsAfterS: joinTimesS[machines - 1 - index] ?? 0,
      diskTakesShare: Infinity,
      corruptShare: 0,
    };
    return scenario.faults.reduce((hit, fault) => withFault(hit, fault, { index, starters }), machine);
  });
}

/** Machines of a run that are alike but for their names. */
export interface MachineKind {
  readonly count: number;
  readonly machine: FleetMachine;
}

/** The machines of one run by kind: without faults all are of one, however many there are. */
export function machineKinds(scenario: Scenario, machines: number): MachineKind[] {
  if (scenario.faults.length > 0)
    return fleetOf(scenario, machines).map((machine) => ({ count: 1, machine }));
  return fleetOf(scenario, 1).map((machine) => ({ count: machines, machine }));
}

function withFault(
  machine: FleetMachine,
  fault: Scenario['faults'][number],
  { index, starters }: { index: number; starters: number },
): FleetMachine {
  if ('slow' in fault && index < fault.slow) return withSlowLink(machine, fault);
  if ('cut' in fault && fault.cut !== 'server' && index < fault.cut) {
    return { ...machine, linkChanges: withChange(machine, { ...fault, link: CABLE_OUT }) };
  }
  if (
    'kill' in fault &&
    index >= starters - fault.kill &&
    index < starters &&
    fault.at < machine.killedAfterS
  ) {
    return { ...machine, killedAfterS: fault.at, backAfterS: fault.at + (fault.back ?? Infinity) };
  }
  if ('fullDisk' in fault && index < fault.fullDisk) return { ...machine, diskTakesShare: fault.after };
  if ('corrupt' in fault && index < fault.corrupt) return { ...machine, corruptShare: fault.share };
  return machine;
}

const CABLE_OUT: LinkModel = { upBps: 0, downBps: 0 };

function withSlowLink(
  machine: FleetMachine,
  fault: { to: number; at: number; for?: number | undefined },
): FleetMachine {
  const link = { upBps: fault.to, downBps: fault.to };
  if (fault.at === 0 && fault.for === undefined) return { ...machine, link };
  return { ...machine, linkChanges: withChange(machine, { ...fault, link }) };
}

/** A change and its end, among those that are there. */
function withChange(
  { link: usual, linkChanges }: Pick<FleetMachine, 'link' | 'linkChanges'>,
  { link, at, for: duration }: { link: LinkModel; at: number; for?: number | undefined },
): LinkChange[] {
  const ends = duration === undefined ? [] : [{ atS: at + duration, link: usual }];
  return [...linkChanges, { atS: at, link }, ...ends].sort((one, other) => one.atS - other.atS);
}

/** What becomes of the server's link, in order of time. */
export function serverLinkChanges({ network, faults }: Scenario): LinkChange[] {
  const { up, down } = network.server;
  const server = { link: { upBps: up, downBps: down }, linkChanges: [] as LinkChange[] };
  return faults.reduce(
    (linkChanges, fault) =>
      'cut' in fault && fault.cut === 'server'
        ? withChange({ ...server, linkChanges }, { ...fault, link: CABLE_OUT })
        : linkChanges,
    server.linkChanges,
  );
}

/** A program of the server that is killed, and started again. */
export interface ProgramStop {
  readonly program: 'server' | 'tracker';
  readonly atS: number;
  /** Infinity if it is never started again. */
  readonly backAtS: number;
}

/** The programs that are killed, in order of time. */
export function programStops({ faults }: Scenario): ProgramStop[] {
  return faults
    .flatMap((fault) =>
      'stop' in fault
        ? [{ program: fault.stop, atS: fault.at, backAtS: fault.at + (fault.back ?? Infinity) }]
        : [],
    )
    .sort((one, other) => one.atS - other.atS);
}

/** Copies of the image that leave the server before its peer goes for good; Infinity if it stays. */
export function seederCopies({ faults }: Scenario): number {
  return Math.min(
    Infinity,
    ...faults.flatMap((fault) => ('seederLeaves' in fault ? fault.seederLeaves : [])),
  );
}

/** Whether a fault of the scenario ends a machine for good. */
function isDoomed({ killedAfterS, backAfterS, diskTakesShare }: FleetMachine): boolean {
  return (killedAfterS < Infinity && backAfterS === Infinity) || diskTakesShare < 1;
}

/** Machines that failed although no fault of the scenario ended them, with what each of them said. */
export function unexpectedFailures(
  scenario: Scenario,
  fleet: readonly MachineResult[],
): { machine: string; failure: string }[] {
  const killed = new Set(
    fleetOf(scenario, fleet.length)
      .filter(isDoomed)
      .map(({ name }) => name),
  );
  return fleet.flatMap(({ machine, failure }) =>
    failure === null || killed.has(machine) ? [] : [{ machine, failure }],
  );
}
