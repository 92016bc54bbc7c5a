import { clientServerBoundS, multicastBoundS, peerToPeerBoundS, pieceBoundS } from '../../sim/index.ts';
import type { TransferBounds, Transport } from '../record/run-record.ts';
import type { Scenario } from '../scenario/schema.ts';
import { pieceCount, wireSize } from '../scenario/wire-size.ts';
import type { PlannedRun } from './executor.ts';
import { type FleetMachine, fleetOf } from './fleet.ts';

/**
 * Lower bounds of the transfer in a scenario. Disks, caps, latency, loss and WAN links only make a transfer longer, so
 * the bounds of the access links hold with all of them. Machines that are killed need nothing but may have helped.
 * @param hasWholePieces whether a machine takes every piece whole from one source
 */
export function boundsOf(run: PlannedRun, hasWholePieces: boolean): TransferBounds {
  const { scenario, transport, machines } = run;
  const fleet = fleetOf(scenario, machines);
  const survivors = fleet.filter(({ killedAfterS }) => killedAfterS === Infinity);
  const wireBytes = wireSize(scenario.image);
  const seederUpBps = scenario.network.server.up;
  const receivers = survivors.length === 0 ? fleet : survivors;
  return {
    lowerBoundS: lowerBoundS(transport, receivers, {
      wireBytes,
      seederUpBps,
      haveSomeDied: receivers.length < machines,
    }),
    pieceBoundS:
      hasWholePieces && isForwarding(transport) && fleet.every((machine) => isEqual(machine, scenario))
        ? pieceBoundS({
            wireBytes,
            shortestPieceBytes: shortestPiece(scenario.image),
            machines,
            linkBps: seederUpBps,
          })
        : null,
    copyS: wireBytes / seederUpBps,
  };
}

interface Source {
  readonly wireBytes: number;
  readonly seederUpBps: number;
  readonly haveSomeDied: boolean;
}

function lowerBoundS(transport: Transport, receivers: readonly FleetMachine[], source: Source): number {
  const { wireBytes, seederUpBps } = source;
  const downBps = receivers.map(({ link }) => link.downBps);
  switch (transport) {
    case 'multicast':
      return multicastBoundS(wireBytes, seederUpBps, Math.min(...downBps));
    case 'unicast':
      return clientServerBoundS({ wireBytes, seederUpBps, downBps });
    default: {
      const upBps = receivers.map(({ link }) => (source.haveSomeDied ? Infinity : link.upBps));
      return peerToPeerBoundS({ wireBytes, seederUpBps, upBps, downBps });
    }
  }
}

function isForwarding(transport: Transport): boolean {
  return transport !== 'unicast' && transport !== 'multicast';
}

/** Mundinger: all uplinks are equal to the seeder's. */
function isEqual({ link, killedAfterS }: FleetMachine, { network }: Scenario): boolean {
  return link.upBps === network.server.up && killedAfterS === Infinity;
}

function shortestPiece(image: Scenario['image']): number {
  const wireBytes = wireSize(image);
  return wireBytes - (pieceCount(image) - 1) * image.pieceLength;
}
