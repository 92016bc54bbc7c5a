import { fleetBoundS, multicastBoundS, pieceBoundS } from '../../sim/index.ts';
import type { TransferBounds, Transport } from '../record/run-record.ts';
import type { Scenario } from '../scenario/schema.ts';
import { pieceCount, wireSize } from '../scenario/wire-size.ts';
import { backplaneBoundS } from './backplane-bound.ts';
import type { PlannedRun } from './executor.ts';
import { fastestLink, isLost, type MachineKind, machineKinds, mayLoseAny } from './fleet.ts';
import { otherSeeders } from './seeders.ts';
import { isFromServer, isOneForAll } from './way-of-bytes.ts';

/**
 * Lower bounds of the transfer in a scenario. Disks, caps, latency, loss and WAN links only make a transfer longer, so
 * the bounds of the access links hold with all of them, and links that change count at their fastest. Machines that are
 * killed for good need nothing but may have helped, and those that come back need the image like all others; where any may
 * be lost by chance, the bound is that of the fastest alone. All seeders of a swarm together, a web seed among them, are one to the bound of Kumar
 * and Ross; that in pieces is of one seeder and not known of several. What goes to the machines of a site has to pass its
 * switch.
 * @param hasWholePieces whether a machine takes every piece whole from one source
 */
export function boundsOf(run: PlannedRun, hasWholePieces: boolean): TransferBounds {
  const { scenario, transport, machines } = run;
  const kinds = machineKinds(scenario, machines).map(({ count, machine }) => ({
    count,
    machine: { ...machine, link: fastestLink(machine) },
  }));
  const living = kinds.filter(({ machine }) => !isLost(machine, scenario, transport));
  const survivors = mayLoseAny(scenario) ? [fastestOf(living.length === 0 ? kinds : living)] : living;
  const wireBytes = wireSize(scenario.image);
  const serverUpBps = scenario.network.server.up;
  const seeders = transport === 'p2p' ? otherSeeders(scenario) : [];
  const webUpBps = (transport === 'p2p' && scenario.transports.p2p?.webSeed?.up) || 0;
  const seederUpBps = seeders.reduce((sum, { link }) => sum + link.upBps, serverUpBps + webUpBps);
  return {
    lowerBoundS: Math.max(
      lowerBoundS(transport, survivors.length === 0 ? kinds : survivors, {
        wireBytes,
        seederUpBps,
        haveSomeDied: mayLoseAny(scenario) || (survivors.length > 0 && survivors.length < kinds.length),
      }),
      backplaneBoundS(run),
    ),
    pieceBoundS:
      hasWholePieces &&
      isForwarding(transport) &&
      !mayLoseAny(scenario) &&
      seederUpBps === serverUpBps &&
      kinds.every((kind) => isEqual(kind, run))
        ? pieceBoundS({
            wireBytes,
            shortestPieceBytes: shortestPiece(scenario.image),
            machines,
            linkBps: serverUpBps,
          })
        : null,
    copyS: wireBytes / serverUpBps,
  };
}

/** One machine of the kind that can receive the most. */
function fastestOf(kinds: readonly MachineKind[]): MachineKind {
  const [first, ...others] = kinds;
  const fastest = others.reduce(
    (best, kind) => (kind.machine.link.downBps > best.machine.link.downBps ? kind : best),
    first!,
  );
  return { ...fastest, count: 1 };
}

interface Source {
  readonly wireBytes: number;
  /** Of all seeders together. */
  readonly seederUpBps: number;
  readonly haveSomeDied: boolean;
}

function lowerBoundS(transport: Transport, receivers: readonly MachineKind[], source: Source): number {
  const { wireBytes, seederUpBps, haveSomeDied } = source;
  const slowestDownBps = receivers.reduce(
    (slowest, { machine }) => Math.min(slowest, machine.link.downBps),
    Infinity,
  );
  if (isOneForAll(transport)) return multicastBoundS(wireBytes, seederUpBps, slowestDownBps);
  const machines = receivers.reduce((sum, { count }) => sum + count, 0);
  const uploadedBps = receivers.reduce((sum, { count, machine }) => sum + count * machine.link.upBps, 0);
  const helpingBps = haveSomeDied ? Infinity : uploadedBps;
  const totalUpBps = isFromServer(transport) ? 0 : helpingBps;
  return fleetBoundS({ wireBytes, seederUpBps, machines, totalUpBps, slowestDownBps });
}

function isForwarding(transport: Transport): boolean {
  return !isFromServer(transport);
}

/** Mundinger: all uplinks are equal to the seeder's. */
function isEqual({ machine }: MachineKind, { scenario, transport }: PlannedRun): boolean {
  return machine.link.upBps === scenario.network.server.up && !isLost(machine, scenario, transport);
}

function shortestPiece(image: Scenario['image']): number {
  const wireBytes = wireSize(image);
  return wireBytes - (pieceCount(image) - 1) * image.pieceLength;
}
