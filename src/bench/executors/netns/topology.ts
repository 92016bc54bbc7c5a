import type { LinkRates } from '../../../engine/index.ts';
import type { CongestionControl } from './congestion-control-reader.ts';
import { hostAddress, hostMac, routerAddress, routerMac } from './lab-address.ts';

/** A host of the lab: a network namespace with one link to the bridge of its site. */
export interface NetnsHost {
  readonly name: string;
  /** Goodput of its link. */
  readonly link: LinkRates;
  readonly site: number;
}

/** A site: a bridge with a WAN link to all other sites; rates are goodput. */
export interface NetnsSite extends LinkRates {
  /** Its hosts share one address towards all others, who cannot connect to them. */
  readonly hasNat: boolean;
}

/** What a lab of namespaces consists of. */
export interface NetnsTopology {
  /** Begins every namespace's name: unlike that of any other run. */
  readonly prefix: string;
  readonly hosts: readonly NetnsHost[];
  readonly sites: readonly NetnsSite[];
  /** Goodput from any host to any other; Infinity for no limit beside the links. */
  readonly connectionCapBps: number;
  readonly congestionControl: CongestionControl;
  /** Share of the packets to each host that are lost, 0 to 1. */
  readonly loss: number;
}

/** A bench, as others can tell whether it is still there. */
interface BenchId {
  /** Of its process id: another container has others of the same numbers. */
  readonly pidNamespace: number;
  readonly pid: number;
}

/** A prefix for the network namespaces of one run of this bench. */
export function prefixOf({ pidNamespace, pid }: BenchId, run: string): string {
  return `swb-${pidNamespace}-${pid}-${run}`;
}

/** The bench that has made a network namespace, by its name; undefined for those of others. */
export function benchOf(namespace: string): BenchId | undefined {
  const [, pidNamespace, pid] = /^swb-(\d+)-(\d+)-/.exec(namespace) ?? [];
  return pid === undefined ? undefined : { pidNamespace: Number(pidNamespace), pid: Number(pid) };
}

/** Where something is found in a network. */
export interface Station {
  readonly address: string;
  readonly mac: string;
}

/** The namespace of all bridges. */
export function switchNamespace({ prefix }: NetnsTopology): string {
  return `${prefix}-switch`;
}

export function namespaceOf({ prefix }: NetnsTopology, host: string): string {
  return `${prefix}-${host}`;
}

/** The namespace of the router between a site behind a NAT and all others. */
export function routerNamespace({ prefix }: NetnsTopology, natSite: number): string {
  return `${prefix}-nat-${natSite}`;
}

/** All namespaces, in the order in which they are made. */
export function namespacesOf(topology: NetnsTopology): string[] {
  return [
    switchNamespace(topology),
    ...natSitesOf(topology).map((site) => routerNamespace(topology, site)),
    ...topology.hosts.map(({ name }) => namespaceOf(topology, name)),
  ];
}

/** Numbers of the sites behind a NAT. */
export function natSitesOf({ sites }: NetnsTopology): number[] {
  return [...sites.keys()].filter((site) => sites[site]!.hasNat);
}

/** IPv4 address of a host; it exists inside the namespaces only. */
export function addressOf(topology: NetnsTopology, host: string): string {
  return stationOf(
    topology,
    topology.hosts.findIndex(({ name }) => name === host),
  ).address;
}

/** The number of the site where a host stands if that is behind a NAT, else null. */
export function natSiteOf({ sites }: NetnsTopology, { site }: NetnsHost): number | null {
  return sites[site]!.hasNat ? site : null;
}

export function stationOf(topology: NetnsTopology, index: number): Station {
  const natSite = natSiteOf(topology, topology.hosts[index]!);
  return { address: hostAddress(index, natSite), mac: hostMac(index) };
}

/** All hosts and routers that see each other: behind the NAT of a site, or, for null, in the network of all others. */
export function stationsOf(topology: NetnsTopology, natSite: number | null): Station[] {
  const hosts = topology.hosts.flatMap((host, index) =>
    natSiteOf(topology, host) === natSite ? [stationOf(topology, index)] : [],
  );
  if (natSite !== null) return [...hosts, routerInside(natSite)];
  return [...hosts, ...natSitesOf(topology).map(routerOutside)];
}

export function routerInside(natSite: number): Station {
  return { address: routerAddress(natSite).inside, mac: routerMac(natSite).inside };
}

export function routerOutside(natSite: number): Station {
  return { address: routerAddress(natSite).outside, mac: routerMac(natSite).outside };
}

/** The end of a host's cable in the namespace of the bridges: what it receives there the host has sent. */
export function portOf({ name }: Pick<NetnsHost, 'name'>): string {
  return `p-${name}`;
}

/** The end of a site's WAN cable at the bridge between the sites: what it receives there has left the site. */
export function wanPortOf(site: number): string {
  return `wan-${site}`;
}
