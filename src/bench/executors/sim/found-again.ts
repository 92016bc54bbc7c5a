import { AnnouncePace } from '../../../engine/index.ts';
import { hasTracker, type TransportModel } from '../../../sim/index.ts';
import type { ServerStop } from '../fleet.ts';

/**
 * A server that is killed and started again, as machines see it. Those that have lost it are linked to it when our client
 * next asks the tracker after its start; the simulator knows when they ask only where it simulates the tracker.
 */
export function foundAgain(stop: ServerStop, transport: TransportModel): ServerStop {
  const isAsked =
    transport.transport === 'chain' || (transport.transport === 'p2p' && !hasTracker(transport));
  return isAsked ? { ...stop, forS: foundAgainS(stop.forS) } : stop;
}

/** @returns seconds after which our client, which has lost a server, asks for it when it is back after `forS` */
export function foundAgainS(forS: number): number {
  if (forS === Infinity) return Infinity;
  const pace = new AnnouncePace(0);
  pace.lostPeer(0);
  while (pace.dueMs < 1000 * forS) pace.isDue(pace.dueMs);
  return pace.dueMs / 1000;
}
