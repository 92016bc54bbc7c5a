import { isDeathByChance, type LinkModel } from '../../sim/index.ts';
import type { RunRecord, Transport } from '../record/run-record.ts';
import type { Fault } from '../scenario/faults-schema.ts';
import type { Scenario } from '../scenario/schema.ts';
import { rawSize } from '../scenario/wire-size.ts';
import { siteOf } from './site.ts';
import { takesNobodyIn } from './way-of-bytes.ts';

/** One machine of a scenario, with the faults that befall it. */
export interface FleetMachine {
  /** `m001`, `m002`, ... in order of arrival. */
  readonly name: string;
  readonly link: LinkModel;
  /** What becomes of the link, in order of time. */
  readonly linkChanges: readonly LinkChange[];
  /** Seconds after the start of the transfer at which it is killed; Infinity if it is not. */
  readonly killedAfterS: number;
  /** Seconds from there until it is powered on again; Infinity for never. */
  readonly backAfterS: number;
  /** Seconds after the start of the transfer at which it is powered on; 0 for one that starts with the others. */
  readonly joinsAfterS: number;
  /** Bytes that its disk takes; Infinity if it takes all. */
  readonly roomBytes: number;
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

/** How many of them there are in a simulated run. */
export interface PeerCounts {
  readonly machines: number;
  /** Beside the server. */
  readonly seeders: number;
}

/** The name of a simulated peer: 0 is the server, seeders follow the last of the machines, and a web seed follows them. */
export function peerName(peer: number, { machines, seeders }: PeerCounts): string {
  if (peer === 0) return 'server';
  if (peer <= machines) return machineName(peer);
  return peer <= machines + seeders ? `seeder ${peer - machines}` : 'web seed';
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
      roomBytes: Infinity,
    };
    const hit = scenario.faults.reduce((each, fault) => withFault(each, fault, { index, starters }), machine);
    const changing = scenario.faults.filter((fault) => isOfMachine(fault, index));
    return { ...hit, linkChanges: linkChanges(hit.link, changing) };
  });
}

/**
 * Whether a machine is killed and does not get the image, or has no room for it. Nobody who comes back gets into what goes
 * to all at once.
 */
export function isLost(
  { killedAfterS, backAfterS, roomBytes }: FleetMachine,
  scenario: Scenario,
  transport: Transport,
): boolean {
  const isAway = backAfterS === Infinity || takesNobodyIn(scenario, transport);
  return (killedAfterS < Infinity && isAway) || roomBytes < rawSize(scenario.image);
}

/** The most that a machine's link carries at any time. */
export function fastestLink({ link, linkChanges }: FleetMachine): LinkModel {
  const links = [link, ...linkChanges.map((change) => change.link)];
  return {
    upBps: Math.max(...links.map(({ upBps }) => upBps)),
    downBps: Math.max(...links.map(({ downBps }) => downBps)),
  };
}

/** Machines of a run that are alike but for their names. */
export interface MachineKind {
  readonly count: number;
  readonly machine: FleetMachine;
  /** Index of their site. */
  readonly site: number;
}

/** The machines of one run by kind: without faults and sites all are of one, however many there are. */
export function machineKinds(scenario: Scenario, machines: number): MachineKind[] {
  if (scenario.faults.length > 0 || scenario.network.sites) return machinesOneByOne(scenario, machines);
  return fleetOf(scenario, 1).map((machine) => ({ count: machines, machine, site: 0 }));
}

/** The machines of one run in their order, each as a kind of its own. */
export function machinesOneByOne(scenario: Scenario, machines: number): MachineKind[] {
  return fleetOf(scenario, machines).map((machine, index) => ({
    count: 1,
    machine,
    site: siteOf(scenario, index / machines),
  }));
}

function withFault(
  machine: FleetMachine,
  fault: Fault,
  { index, starters }: { index: number; starters: number },
): FleetMachine {
  if ('slow' in fault && isFromTheStart(fault) && index < fault.slow) {
    return { ...machine, link: { upBps: fault.to, downBps: fault.to } };
  }
  if ('kill' in fault && index >= starters - fault.kill && index < starters) {
    if (fault.at >= machine.killedAfterS) return machine;
    return { ...machine, killedAfterS: fault.at, backAfterS: fault.back ?? Infinity };
  }
  if ('full' in fault && index < fault.full) {
    return { ...machine, roomBytes: Math.min(machine.roomBytes, fault.after) };
  }
  return machine;
}

/** What becomes of the server's link, in order of time. */
export function serverLinkChanges({ network, faults }: Scenario): LinkChange[] {
  const { up, down } = network.server;
  const cuts = faults.filter((fault) => 'cut' in fault && fault.cut === 'server');
  return linkChanges({ upBps: up, downBps: down }, cuts);
}

function isOfMachine(fault: Fault, index: number): boolean {
  if ('cut' in fault) return fault.cut !== 'server' && index < fault.cut;
  return 'slow' in fault && !isFromTheStart(fault) && index < fault.slow;
}

/** A link that is slow all the time is one that does not change. */
function isFromTheStart(fault: Extract<Fault, { slow: number }>): boolean {
  return fault.at === 0 && fault.for === undefined;
}

const CABLE_OUT: LinkModel = { upBps: 0, downBps: 0 };

/** What becomes of a link by these faults: a cable that is out is out; of several rates the one that came last holds. */
function linkChanges(usual: LinkModel, faults: readonly Fault[]): LinkChange[] {
  const spans = faults.flatMap((fault) => {
    if (!('cut' in fault || 'slow' in fault)) return [];
    const link = 'cut' in fault ? CABLE_OUT : { upBps: fault.to, downBps: fault.to };
    return { link, fromS: fault.at, toS: fault.at + (fault.for ?? Infinity) };
  });
  const times = new Set(spans.flatMap(({ fromS, toS }) => [fromS, toS]).filter(Number.isFinite));
  return [...times]
    .sort((one, other) => one - other)
    .map((atS) => {
      const there = spans
        .filter(({ fromS, toS }) => fromS <= atS && atS < toS)
        .sort((one, other) => one.fromS - other.fromS);
      const link = there.find((span) => span.link === CABLE_OUT)?.link ?? there.at(-1)?.link ?? usual;
      return { atS, link };
    });
}

/** Part of the server that stops for some time, in seconds after the start of the transfer. */
export interface ServerStop {
  readonly part: 'server' | 'tracker';
  readonly atS: number;
  /** Infinity for one that stops for good. */
  readonly forS: number;
}

/** What stops at the server, in the order of the scenario. */
export function serverStops({ faults }: Scenario): ServerStop[] {
  return faults.flatMap((fault) => {
    if (!('stop' in fault)) return [];
    const forS = fault.stop === 'server' ? fault.for : Infinity;
    return { part: fault.stop, atS: fault.at, forS };
  });
}

/** When the tracker is gone for good [s]; Infinity if it stays. */
export function trackerStopS(scenario: Scenario): number {
  return Math.min(
    Infinity,
    ...serverStops(scenario).flatMap(({ part, atS }) => (part === 'tracker' ? atS : [])),
  );
}

/** Copies of the image that leave the server before its peer goes for good; Infinity if it stays. */
export function seederCopies({ faults }: Scenario): number {
  return Math.min(
    Infinity,
    ...faults.flatMap((fault) => ('seederLeaves' in fault ? fault.seederLeaves : [])),
  );
}

/** Share of pieces that arrive with a wrong hash: several faults strike independently. */
export function corruptShare({ faults }: Scenario): number {
  return 1 - faults.reduce((right, fault) => right * (1 - ('corrupt' in fault ? fault.corrupt : 0)), 1);
}

/** Machines that failed although no fault of the scenario killed them for good or filled their disks, with what each of them said. */
export function unexpectedFailures(
  scenario: Scenario,
  { transport, fleet }: Pick<RunRecord, 'transport' | 'fleet'>,
): { machine: string; failure: string }[] {
  const doomed = new Set(
    fleetOf(scenario, fleet.length)
      .filter((machine) => isLost(machine, scenario, transport))
      .map(({ name }) => name),
  );
  return fleet.flatMap(({ machine, failure }) =>
    failure === null || isDeathByChance(failure) || doomed.has(machine) ? [] : [{ machine, failure }],
  );
}
