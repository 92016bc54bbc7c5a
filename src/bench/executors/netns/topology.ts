import type { LinkRates } from '../../../engine/index.ts';

/** A host of the lab: a network namespace with one link to the bridge of its site. */
export interface NetnsHost {
  readonly name: string;
  /** Goodput of its link. */
  readonly link: LinkRates;
  readonly site: number;
}

/** What a lab of namespaces consists of. */
export interface NetnsTopology {
  /** Begins every namespace's name: unlike that of any other run. */
  readonly prefix: string;
  readonly hosts: readonly NetnsHost[];
  /** Goodput of the link between each site and all others. */
  readonly sites: readonly LinkRates[];
}

/** A command and what it reads from its standard input. */
export interface SetUpStep {
  readonly command: readonly string[];
  readonly input: string;
}

/** TCP payload / bytes that HTB counts: 1448 of 1514 (Ethernet 14, IPv4 20, TCP 20, time stamps 12 bytes). */
const GOODPUT_SHARE = 1448 / 1514;
/**
 * Buffer of a switch port [packet of up to 64 KiB]. It never overflows: a lab that loses packets when many send to
 * one measures congestion control instead of transports.
 */
const PORT_BUFFER_PACKETS = 1_000;
/**
 * Bytes that may wait unsent in a socket before its program is asked for no more, so that what a program says now does
 * not queue behind all that it said before. Measured with our client on 10 and 20 machines: 3 to 8 % less time, in
 * four pairs of four. A lower limit of the send buffer added nothing.
 */
const UNSENT_BYTES = 131_072;
/** Hosts per /24, so that an address tells the number of its machine. */
const HOSTS_PER_BLOCK = 250;

/** The namespace of all bridges. */
function switchNamespace({ prefix }: NetnsTopology): string {
  return `${prefix}-switch`;
}

export function namespaceOf({ prefix }: NetnsTopology, host: string): string {
  return `${prefix}-${host}`;
}

/** IPv4 address of the host that stands at this index; they exist inside the namespaces only. */
export function addressAt(index: number): string {
  return `10.83.${Math.floor(index / HOSTS_PER_BLOCK)}.${(index % HOSTS_PER_BLOCK) + 1}`;
}

/** All namespaces, in the order in which they are made. */
export function namespacesOf(topology: NetnsTopology): string[] {
  return [switchNamespace(topology), ...topology.hosts.map(({ name }) => namespaceOf(topology, name))];
}

/** The commands that build the network, in their order. */
export function setUpSteps(topology: NetnsTopology): SetUpStep[] {
  const bridges = switchNamespace(topology);
  const { hosts, sites } = topology;
  const hasWan = sites.length > 1;
  return [
    batch(['ip'], [...namespacesOf(topology).map((name) => `netns add ${name}`), ...cables(topology)]),
    batch(
      ['ip', '-n', bridges],
      [
        ...sites.flatMap((_, site) => bridge(siteBridge(site))),
        ...hosts.flatMap((host) => plugged(port(host), siteBridge(host.site))),
        ...(hasWan ? wanCables(sites.length) : []),
      ],
    ),
    batch(
      ['tc', '-n', bridges],
      [
        ...hosts.flatMap((host) => shaped(port(host), host.link.downBps)),
        ...(hasWan ? sites.flatMap((wan, site) => shapedWan(wan, site)) : []),
      ],
    ),
    ...hosts.flatMap((_, index) => hostSteps(topology, index)),
  ];
}

function batch(command: readonly string[], lines: readonly string[]): SetUpStep {
  return { command: [...command, '-batch', '-'], input: `${lines.join('\n')}\n` };
}

/** A pair of interfaces for each host: `eth0` in its namespace, a port in that of the bridges. */
function cables(topology: NetnsTopology): string[] {
  const bridges = switchNamespace(topology);
  return topology.hosts.map(
    (host, index) =>
      `link add ${port(host)} netns ${bridges} type veth ` +
      `peer name eth0 address ${macAt(index)} netns ${namespaceOf(topology, host.name)}`,
  );
}

function port({ name }: NetnsHost): string {
  return `p-${name}`;
}

function siteBridge(site: number): string {
  return `br-${site}`;
}

/** Between the sites there is one bridge more. */
const WAN_BRIDGE = 'br-wan';

function bridge(name: string): string[] {
  return [`link add ${name} type bridge`, `link set ${name} up`];
}

function plugged(interfaceName: string, bridgeName: string): string[] {
  return [`link set ${interfaceName} master ${bridgeName} up`];
}

function wanCables(sites: number): string[] {
  const cablesOfSites = Array.from({ length: sites }, (_, site) => [
    `link add up-${site} type veth peer name down-${site}`,
    ...plugged(`up-${site}`, siteBridge(site)),
    ...plugged(`down-${site}`, WAN_BRIDGE),
  ]);
  return [...bridge(WAN_BRIDGE), ...cablesOfSites.flat()];
}

function shapedWan({ upBps, downBps }: LinkRates, site: number): string[] {
  return [...shaped(`up-${site}`, upBps), ...shaped(`down-${site}`, downBps)];
}

/** HTB on what leaves an interface. */
function shaped(interfaceName: string, goodputBps: number): string[] {
  if (goodputBps === Infinity) return [];
  const rateBits = Math.round((goodputBps * 8) / GOODPUT_SHARE);
  return [
    `qdisc add dev ${interfaceName} root handle 1: htb default 1`,
    `class add dev ${interfaceName} parent 1: classid 1:1 htb rate ${rateBits}bit quantum 1514`,
    `qdisc add dev ${interfaceName} parent 1:1 handle 10: pfifo limit ${PORT_BUFFER_PACKETS}`,
  ];
}

function hostSteps(topology: NetnsTopology, index: number): SetUpStep[] {
  const { name, link } = topology.hosts[index]!;
  const namespace = namespaceOf(topology, name);
  return [
    batch(
      ['ip', '-n', namespace],
      [
        'link set lo up',
        `address add ${addressAt(index)}/16 brd + dev eth0`,
        'link set eth0 up',
        'route add 224.0.0.0/4 dev eth0',
        ...neighbours(topology, index),
      ],
    ),
    batch(['tc', '-n', namespace], shaped('eth0', link.upBps)),
    {
      command: ['ip', 'netns', 'exec', namespace, 'tee', '/proc/sys/net/ipv4/tcp_notsent_lowat'],
      input: String(UNSENT_BYTES),
    },
  ];
}

/**
 * Everybody knows everybody's hardware address. The kernel keeps one table of neighbours for all namespaces, of 1024
 * learnt entries by default: forty machines that talk to each other would fill it.
 */
function neighbours({ hosts }: NetnsTopology, index: number): string[] {
  return hosts.flatMap((_, other) =>
    other === index ? [] : [`neigh add ${addressAt(other)} lladdr ${macAt(other)} nud permanent dev eth0`],
  );
}

/** Locally administered, unicast. */
function macAt(index: number): string {
  const hex = index.toString(16).padStart(4, '0');
  return `02:53:42:00:${hex.slice(0, 2)}:${hex.slice(2)}`;
}
