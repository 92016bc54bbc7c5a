import { lossSteps } from './loss-steps.ts';
import { INSIDE, OUTSIDE, routerSteps } from './nat-router.ts';
import { batch, inPackets, kernelSetting, neighbours, type SetUpStep, shaped } from './set-up-step.ts';
import {
  type NetnsHost,
  type NetnsTopology,
  namespaceOf,
  namespacesOf,
  natSiteOf,
  natSitesOf,
  portOf,
  routerInside,
  routerNamespace,
  routerOutside,
  stationOf,
  stationsOf,
  switchNamespace,
  wanPortOf,
} from './topology.ts';
import { shapedUplink, uplinkOf } from './uplink.ts';

/**
 * Bytes that may wait unsent in a socket before its program is asked for no more, so that what a program says now does
 * not queue behind all that it said before. Measured with our client on 10 and 20 machines: 3 to 8 % less time, in
 * four pairs of four. A lower limit of the send buffer added nothing.
 */
const UNSENT_BYTES = 131_072;
/** Between the sites there is one bridge more. */
const WAN_BRIDGE = 'br-wan';

/** The commands that build the network, in their order. */
export function setUpSteps(topology: NetnsTopology): SetUpStep[] {
  const { hosts, sites } = topology;
  const bridges = switchNamespace(topology);
  return [
    batch(
      ['ip'],
      [
        ...namespacesOf(topology).map((name) => `netns add ${name}`),
        ...hosts.map((host, index) => hostCable(topology, host, index)),
        ...natSitesOf(topology).flatMap((site) => routerCables(topology, site)),
      ],
    ),
    batch(
      ['ip', '-n', bridges],
      [
        ...sites.flatMap((_, site) => bridge(siteBridge(site))),
        ...hosts.flatMap((host) => plugged(portOf(host), siteBridge(host.site))),
        ...(sites.length > 1 ? wan(topology) : []),
      ],
    ),
    batch(
      ['tc', '-n', bridges],
      [
        ...hosts.flatMap((host) => shaped(portOf(host), host.link.downBps)),
        ...(sites.length > 1 ? shapedWan(topology) : []),
      ],
    ),
    ...natSitesOf(topology).flatMap((site) => routerSteps(topology, site)),
    ...hosts.flatMap((host, index) => hostSteps(topology, host, index)),
  ];
}

/** A pair of interfaces: `eth0` in the host's namespace, a port in that of the bridges. */
function hostCable(topology: NetnsTopology, host: NetnsHost, index: number): string {
  const { mac } = stationOf(topology, index);
  return (
    `link add ${portOf(host)} netns ${switchNamespace(topology)} type veth ` +
    `peer name eth0 address ${mac} netns ${namespaceOf(topology, host.name)}`
  );
}

/** A router has a cable to the bridge of its site, and is itself one end of the site's WAN cable. */
function routerCables(topology: NetnsTopology, site: number): string[] {
  const [bridges, router] = [switchNamespace(topology), routerNamespace(topology, site)];
  const ends = [
    [siteUplink(site), INSIDE, routerInside(site).mac],
    [wanPortOf(site), OUTSIDE, routerOutside(site).mac],
  ];
  return ends.map(
    ([port, name, mac]) =>
      `link add ${port} netns ${bridges} type veth peer name ${name} address ${mac} netns ${router}`,
  );
}

function siteBridge(site: number): string {
  return `br-${site}`;
}

/** What a site's bridge sends here goes to other sites, by way of a router where there is a NAT. */
function siteUplink(site: number): string {
  return `up-${site}`;
}

function bridge(name: string): string[] {
  return [`link add ${name} type bridge`, `link set ${name} up`];
}

function plugged(interfaceName: string, bridgeName: string): string[] {
  return [`link set ${interfaceName} master ${bridgeName} up`];
}

function wan({ sites }: NetnsTopology): string[] {
  const cables = sites.flatMap(({ hasNat }, site) => [
    ...(hasNat ? [] : [`link add ${siteUplink(site)} type veth peer name ${wanPortOf(site)}`]),
    ...(hasNat ? [] : [inPackets(siteUplink(site))]),
    inPackets(wanPortOf(site)),
    ...plugged(siteUplink(site), siteBridge(site)),
    ...plugged(wanPortOf(site), WAN_BRIDGE),
  ]);
  return [...bridge(WAN_BRIDGE), ...cables];
}

function shapedWan({ sites }: NetnsTopology): string[] {
  return sites.flatMap(({ upBps, downBps, hasNat }, site) => [
    ...(hasNat ? [] : shaped(siteUplink(site), upBps)),
    ...shaped(wanPortOf(site), downBps),
  ]);
}

function hostSteps(topology: NetnsTopology, host: NetnsHost, index: number): SetUpStep[] {
  const namespace = namespaceOf(topology, host.name);
  const natSite = natSiteOf(topology, host);
  const own = stationOf(topology, index);
  return [
    batch(
      ['ip', '-n', namespace],
      [
        'link set lo up',
        `address add ${own.address}/16 brd + dev eth0`,
        'link set eth0 up',
        'route add 224.0.0.0/4 dev eth0',
        ...(natSite === null ? [] : [`route add default via ${routerInside(natSite).address}`]),
        ...neighbours('eth0', own, stationsOf(topology, natSite)),
      ],
    ),
    batch(['tc', '-n', namespace], shapedUplink(uplinkOf(topology, host, host.link.upBps))),
    ...lossSteps(topology, host),
    kernelSetting(namespace, 'net/ipv4/tcp_notsent_lowat', UNSENT_BYTES),
    kernelSetting(namespace, 'net/ipv4/tcp_congestion_control', topology.congestionControl),
  ];
}
