import type { Transport } from '../../record/run-record.ts';
import type { Fault } from '../../scenario/faults-schema.ts';
import type { Scenario } from '../../scenario/schema.ts';
import { arrivalOf } from '../arrival.ts';
import { type FaultName, unsupportedFaultNames } from '../fault-names.ts';
import { seederCopies, serverStops, trackerStopS } from '../fleet.ts';
import { takesNobodyIn } from '../way-of-bytes.ts';
import { foundAgainS } from './found-again.ts';

const FAULTS = ['kill', 'join', 'slow', 'fail', 'seederLeaves'] as const satisfies readonly FaultName[];
const CHANGES_OF_LINKS = ['slow.at', 'cut', 'cut.server'] as const satisfies readonly FaultName[];

/** Faults that the simulator cannot honour, and settings that it cannot beside them, each as `key.path: reason`. */
export function unsupportedFaults(scenario: Scenario, transport: Transport): string[] {
  // A sender to all at once keeps to the rate that it began with, and waits for who is cut off.
  const changes = transport === 'multicast' ? (['cut'] as const) : CHANGES_OF_LINKS;
  const known = [
    ...FAULTS,
    ...changes,
    ...(takesNobodyIn(scenario, transport) ? [] : (['kill.back', 'fail.back'] as const)),
    ...(transport === 'multicast' ? [] : (['stop.server'] as const)),
    ...(fillsDisks(scenario, transport) ? (['full'] as const) : []),
    ...(isCheckedByPiece(transport) ? (['corrupt'] as const) : []),
    ...(transport === 'p2p' || !isTrackerMissed(scenario) ? (['stop.tracker'] as const) : []),
  ];
  const unknown = [
    ...unsupportedFaultNames(scenario, known, `simulated ${transport}`),
    ...unsupportedComebacks(scenario),
    ...(scenario.boot && serverStops(scenario).some(({ part }) => part === 'server')
      ? ['boot: in the simulator no server stops that machines boot from (faults.stop.server)']
      : []),
  ];
  if (seederCopies(scenario) === Infinity || transport === 'p2p') return unknown;
  return [...unknown, 'faults.seederLeaves: in the simulator only P2P goes on without its server'];
}

function isCheckedByPiece(transport: Transport): boolean {
  return transport === 'p2p' || transport === 'chain';
}

/** A disk fills as the image arrives; behind a full one in a chain nothing would come, and in the lab it does. */
function fillsDisks({ transports }: Scenario, transport: Transport): boolean {
  return (transport === 'p2p' || transport === 'unicast') && transports[transport]?.diskWrite === 'streamed';
}

function unsupportedComebacks({ faults, disk }: Scenario): string[] {
  const kills = faults.filter((fault) => 'kill' in fault);
  const isKilledAgain = kills.length > 1 && kills.some(({ back }) => back !== undefined);
  return [
    ...(isKilledAgain ? ['faults.kill.back: in the simulator who comes back is killed once'] : []),
    ...(disk.writeCache > 0 && faults.some((fault) => 'back' in fault && fault.back !== undefined)
      ? ['disk.writeCache: the simulator does not know what of it is lost with the power (faults: back)']
      : []),
  ];
}

/**
 * Whether anybody asks a tracker that is gone. Everybody knows its neighbours from the start, unless it looks for others:
 * else only who comes later asks for them, be it a server that is started again.
 */
export function isTrackerMissed(scenario: Scenario): boolean {
  const { faults, fleet, transports } = scenario;
  const stops = serverStops(scenario);
  const stopS = trackerStopS(scenario);
  const isServerLate = stops.some(
    ({ part, atS, forS }) => part === 'server' && atS + foundAgainS(forS) >= stopS,
  );
  const arrivesLate = arrivalOf(fleet.start).kind !== 'together';
  const asksAgain = transports.p2p?.announceInterval !== undefined;
  const asksLater = (fault: Fault): boolean =>
    ('join' in fault && fault.at >= stopS) ||
    ('kill' in fault && fault.back !== undefined && fault.at + fault.back >= stopS) ||
    ('fail' in fault && fault.back !== undefined);
  return stopS < Infinity && (arrivesLate || asksAgain || isServerLate || faults.some(asksLater));
}
