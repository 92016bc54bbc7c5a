import type { LinkModel } from '../../sim/index.ts';
import type { MachineResult } from '../record/run-record.ts';
import type { Scenario } from '../scenario/schema.ts';

/** One machine of a scenario, with the faults that befall it. */
export interface FleetMachine {
  /** `m001`, `m002`, ... in order of arrival. */
  readonly name: string;
  readonly link: LinkModel;
  /** Seconds after the start of the transfer at which it is killed; Infinity if it is not. */
  readonly killedAfterS: number;
  /** Seconds after the start of the transfer at which it is powered on; 0 for one that starts with the others. */
  readonly joinsAfterS: number;
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
    const machine = {
      name: machineName(index + 1),
      link: { upBps: up, downBps: down },
      killedAfterS: Infinity,
      joinsAfterS: joinTimesS[machines - 1 - index] ?? 0,
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
  if ('slow' in fault && index < fault.slow) {
    return { ...machine, link: { upBps: fault.to, downBps: fault.to } };
  }
  if ('kill' in fault && index >= starters - fault.kill && index < starters) {
    return { ...machine, killedAfterS: Math.min(machine.killedAfterS, fault.at) };
  }
  return machine;
}

/** Copies of the image that leave the server before its peer goes for good; Infinity if it stays. */
export function seederCopies({ faults }: Scenario): number {
  return Math.min(
    Infinity,
    ...faults.flatMap((fault) => ('seederLeaves' in fault ? fault.seederLeaves : [])),
  );
}

/** Machines that failed although no fault of the scenario killed them, with what each of them said. */
export function unexpectedFailures(
  scenario: Scenario,
  fleet: readonly MachineResult[],
): { machine: string; failure: string }[] {
  const killed = new Set(
    fleetOf(scenario, fleet.length)
      .filter(({ killedAfterS }) => killedAfterS < Infinity)
      .map(({ name }) => name),
  );
  return fleet.flatMap(({ machine, failure }) =>
    failure === null || killed.has(machine) ? [] : [{ machine, failure }],
  );
}
