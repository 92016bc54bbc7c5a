import { wireSize } from '../scenario/wire-size.ts';
import type { PlannedRun } from './executor.ts';
import { fleetOf } from './fleet.ts';
import { siteOf } from './site.ts';
import { isOneForAll } from './way-of-bytes.ts';

/**
 * Lower bound of the transfer [s] where switches have a limit: a copy for each machine passes the switch of its site, by
 * multicast one for all. 0 where they have none.
 */
export function backplaneBoundS({ scenario, transport, machines }: PlannedRun): number {
  const { image, network } = scenario;
  if (network.backplane === Infinity) return 0;
  const copies = isOneForAll(transport) ? 1 : mostAtOneSite(scenario, machines);
  return (copies * wireSize(image)) / network.backplane;
}

/** Machines at the site that has most of those that are not killed. */
function mostAtOneSite(scenario: PlannedRun['scenario'], machines: number): number {
  const sites = fleetOf(scenario, machines).flatMap(({ killedAfterS }, index) =>
    killedAfterS < Infinity ? [] : [siteOf(scenario, index / machines)],
  );
  const counts = Map.groupBy(sites, (site) => site)
    .values()
    .map(({ length }) => length);
  return Math.max(0, ...counts);
}
