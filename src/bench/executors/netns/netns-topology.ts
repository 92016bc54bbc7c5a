import { randomBytes } from 'node:crypto';
import type { PlannedRun } from '../executor.ts';
import { fleetOf } from '../fleet.ts';
import { SERVER } from '../local/lab-place.ts';
import { pidNamespace } from '../local/pid-namespace-reader.ts';
import { siteOf } from '../site.ts';
import { congestionControl } from './congestion-control-reader.ts';
import { type NetnsSite, type NetnsTopology, prefixOf } from './topology.ts';

const ONLY_SITE: NetnsSite = { upBps: Infinity, downBps: Infinity, hasNat: false };

/** The network of a planned run; its namespaces are named for this process and this run. */
export function topologyOf({ scenario, machines }: PlannedRun): NetnsTopology {
  const { server, sites, connectionCap, loss } = scenario.network;
  const fleet = fleetOf(scenario, machines).map(({ name, link }, index) => ({
    name,
    link,
    site: siteOf(scenario, index / machines),
  }));
  return {
    prefix: prefixOf({ pidNamespace: pidNamespace(), pid: process.pid }, randomBytes(3).toString('hex')),
    hosts: [{ name: SERVER, link: { upBps: server.up, downBps: server.down }, site: 0 }, ...fleet],
    sites: sites?.map(({ wan, nat }) => ({ upBps: wan.up, downBps: wan.down, hasNat: nat })) ?? [ONLY_SITE],
    connectionCapBps: connectionCap,
    congestionControl: congestionControl(),
    loss,
  };
}
