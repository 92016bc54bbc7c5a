import { wireSize } from '../scenario/wire-size.ts';
import type { PlannedRun } from './executor.ts';
import type { MachineKind } from './fleet.ts';
import { otherSeeders } from './seeders.ts';
import { isFromServer, isOneForAll } from './way-of-bytes.ts';

/** The server, and a web seed. */
const SERVER_SITE = 0;

/**
 * Lower bound of the transfer [s] where sites are joined by WAN links: what machines receive at a site where nobody has the
 * image from the start comes in over its link and has left the sites of those who have; one copy, or one for each machine
 * where machines pass nothing on. 0 where there is one site.
 */
export function wanBoundS({ scenario, transport }: PlannedRun, receivers: readonly MachineKind[]): number {
  const { image, network } = scenario;
  const { sites = [] } = network;
  const seeders = transport === 'p2p' ? otherSeeders(scenario) : [];
  const sources = new Set([SERVER_SITE, ...seeders.map(({ site }) => site)]);
  const isCopyEach = isFromServer(transport) && !isOneForAll(transport);
  const copies = sites.map((_, site) => {
    const machines = receivers.reduce((sum, kind) => sum + (kind.site === site ? kind.count : 0), 0);
    return sources.has(site) ? 0 : isCopyEach ? machines : Math.min(1, machines);
  });
  const leaving = isCopyEach ? copies.reduce((sum, count) => sum + count, 0) : Math.max(0, ...copies);
  const upBps = [...sources].reduce((sum, site) => sum + (sites[site]?.wan.up ?? 0), 0);
  const bytes = wireSize(image);
  return Math.max(
    leaving === 0 ? 0 : (leaving * bytes) / upBps,
    ...copies.map((count, site) => (count * bytes) / sites[site]!.wan.down),
  );
}
