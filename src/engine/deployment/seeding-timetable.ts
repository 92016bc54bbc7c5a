import type { LinkRates } from '../link-rate.ts';
import type { SwarmLimits, TimedLimits } from '../swarm/swarm-limits.ts';
import type { ServerSettings } from './server-settings.ts';

type SeedingLimits = ServerSettings['swarm']['limits'];

/** All day long. */
const MIDNIGHT = '00:00';

/** What the server's own peers keep to: the limits of each time of the day, and those of all others. */
export function seedingTimetable({
  limits,
  timetable,
}: Pick<ServerSettings['swarm'], 'limits' | 'timetable'>): TimedLimits[] {
  return [
    ...timetable.map((entry) => ({ ...entry, limits: swarmLimits(entry.limits) })),
    { from: MIDNIGHT, to: MIDNIGHT, limits: swarmLimits(limits) },
  ];
}

function swarmLimits({ total, machine, sites }: SeedingLimits): SwarmLimits {
  return {
    ...(total !== undefined && { total: sending(total) }),
    ...(machine !== undefined && { peer: sending(machine) }),
    sites: Object.fromEntries(Object.entries(sites).map(([site, bps]) => [site, sending(bps)])),
  };
}

/** Seeders receive nothing but requests. */
function sending(upBps: number): LinkRates {
  return { upBps, downBps: Number.POSITIVE_INFINITY };
}
