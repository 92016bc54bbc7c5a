import { fleetBoundS, multicastBoundS, pieceBoundS } from '../../sim/index.ts';
import type { MachineResult, TransferBounds } from '../record/run-record.ts';
import type { Scenario } from '../scenario/schema.ts';
import { pieceCount, wireSize } from '../scenario/wire-size.ts';
import { backplaneBoundS } from './backplane-bound.ts';
import type { PlannedRun } from './executor.ts';
import { fastestLink, type MachineKind, machineKinds } from './fleet.ts';
import { receiversOf } from './receivers.ts';
import { otherSeeders } from './seeders.ts';
import { wanBoundS } from './wan-bound.ts';
import { isFromServer, isOneForAll } from './way-of-bytes.ts';

/**
 * Lower bounds of the transfer in a scenario. Disks, caps, latency and loss only make a transfer longer, so the bounds of
 * the links hold with all of them, and links that change count at their fastest; a simulation with a tolerance may put so
 * much more on a link. Only those count that the transfer is timed over; all others need nothing but may have helped.
 * All seeders of a swarm together, a web seed among them, are one to the bound of Kumar and Ross; that in pieces is of one
 * seeder and not known of several, and says nothing of uplinks without a limit. What goes to the machines of a site has to
 * pass its switch, and its WAN link.
 * @param hasWholePieces whether a machine takes every piece whole from one source
 * @param fleet what became of the machines, in their order; left out before the run, and empty of a formula
 */
export function boundsOf(
  run: PlannedRun,
  hasWholePieces: boolean,
  fleet?: readonly MachineResult[],
): TransferBounds {
  const { scenario, transport, machines } = run;
  const receivers = receiversOf(run, fleet);
  const wireBytes = wireSize(scenario.image);
  const serverUpBps = scenario.network.server.up;
  const seeders = transport === 'p2p' ? otherSeeders(scenario) : [];
  const webUpBps = (transport === 'p2p' && scenario.transports.p2p?.webSeed?.up) || 0;
  const seederUpBps = seeders.reduce((sum, { link }) => sum + link.upBps, serverUpBps + webUpBps);
  const overfull = run.source === 'sim' ? 1 + scenario.network.tolerance : 1;
  const lowerBoundS = Math.max(
    linkBoundS(run, { receivers, seederUpBps }),
    backplaneBoundS(run, receivers),
    wanBoundS(run, receivers),
  );
  return {
    lowerBoundS: lowerBoundS / overfull,
    pieceBoundS:
      hasWholePieces &&
      !isFromServer(transport) &&
      seederUpBps === serverUpBps &&
      serverUpBps < Infinity &&
      countOf(receivers) === machines &&
      receivers.every(({ machine }) => fastestLink(machine).upBps === serverUpBps)
        ? pieceBoundS({
            wireBytes,
            shortestPieceBytes: shortestPiece(scenario.image),
            machines,
            linkBps: serverUpBps * overfull,
          })
        : null,
    copyS: wireBytes / serverUpBps,
  };
}

interface Ends {
  readonly receivers: readonly MachineKind[];
  /** Of all seeders together. */
  readonly seederUpBps: number;
}

function linkBoundS({ scenario, transport, machines }: PlannedRun, { receivers, seederUpBps }: Ends): number {
  const wireBytes = wireSize(scenario.image);
  const slowestDownBps = receivers.reduce(
    (slowest, { machine }) => Math.min(slowest, fastestLink(machine).downBps),
    Infinity,
  );
  if (isOneForAll(transport)) return multicastBoundS(wireBytes, seederUpBps, slowestDownBps);
  const helpers = isFromServer(transport) ? [] : machineKinds(scenario, machines);
  const totalUpBps = helpers.reduce((sum, { count, machine }) => sum + count * fastestLink(machine).upBps, 0);
  return fleetBoundS({
    wireBytes,
    seederUpBps,
    machines: countOf(receivers),
    totalUpBps,
    slowestDownBps,
  });
}

function countOf(kinds: readonly MachineKind[]): number {
  return kinds.reduce((sum, { count }) => sum + count, 0);
}

function shortestPiece(image: Scenario['image']): number {
  const wireBytes = wireSize(image);
  return wireBytes - (pieceCount(image) - 1) * image.pieceLength;
}
