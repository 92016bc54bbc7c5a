import { describe, expect, it } from 'vitest';
import { setUpSteps } from '../../../../src/bench/executors/netns/set-up-steps.ts';
import {
  addressOf,
  benchOf,
  type NetnsTopology,
  namespacesOf,
  prefixOf,
} from '../../../../src/bench/executors/netns/topology.ts';

const LINK = { upBps: 1_250_000, downBps: 2_500_000 };
const UNLIMITED = { upBps: Infinity, downBps: Infinity };

function aTopology(changes: Partial<NetnsTopology> = {}): NetnsTopology {
  return {
    prefix: 'swb1-a',
    hosts: [
      { name: 'server', link: LINK, site: 0 },
      { name: 'm001', link: LINK, site: 0 },
    ],
    sites: [{ ...UNLIMITED, hasNat: false }],
    connectionCapBps: Infinity,
    congestionControl: 'cubic',
    loss: 0,
    ...changes,
  };
}

/** All lines that a program reads in a namespace; `''` for none. */
function linesFor(topology: NetnsTopology, program: string, namespace: string): string[] {
  return setUpSteps(topology)
    .filter(({ command }) => command[0] === program && (command[1] === '-n' ? command[2] : '') === namespace)
    .flatMap(({ input }) => input.trim().split('\n'));
}

describe('the network of namespaces', () => {
  it('has a namespace for each host and one for the bridges, all under the name of the run', () => {
    expect(namespacesOf(aTopology())).toEqual(['swb1-a-switch', 'swb1-a-server', 'swb1-a-m001']);
  });

  it('tells by its names which bench has made it, and in which container that is', () => {
    const bench = { pidNamespace: 4_026_531_836, pid: 77 };
    const names = namespacesOf(aTopology({ prefix: prefixOf(bench, '123456') }));
    expect(names.map(benchOf)).toEqual(names.map(() => bench));
    expect(['swbt77-nfs', 'swb-77', 'eth0'].map(benchOf)).toEqual([undefined, undefined, undefined]);
  });

  it('caps what a host sends to each of the others, where connections have a cap', () => {
    const lines = linesFor(aTopology({ connectionCapBps: 250_000 }), 'tc', 'swb1-a-server');
    const ceilings = lines.flatMap((line) => /ceil (\d+)bit/.exec(line)?.[1] ?? []);
    expect(ceilings.map(Number)).toEqual([10e6, 2e6].map((bits) => Math.round((bits * 1514) / 1448)));
    expect(lines.filter((line) => line.startsWith('filter'))).toEqual([
      'filter add dev eth0 parent 1: protocol ip u32 match ip dst 10.83.0.2/32 flowid 1:3',
    ]);
  });

  it('shapes what a host sends in its own namespace, and what it receives at its port, at goodput / 0.956', () => {
    const rates = (namespace: string) =>
      linesFor(aTopology(), 'tc', namespace).flatMap((line) => /rate (\d+)bit/.exec(line)?.[1] ?? []);
    const uplinkBits = Math.round((10e6 * 1514) / 1448);
    const [link, ...parts] = rates('swb1-a-m001').map(Number);
    expect(link).toBe(uplinkBits);
    // To the server, and to all at once.
    expect(parts).toEqual(Array(2).fill(Math.floor(uplinkBits / 2)));
    expect(rates('swb1-a-switch')).toEqual(Array(2).fill(String(Math.round((20e6 * 1514) / 1448))));
  });

  it('leaves a link without a rate as it is', () => {
    const hosts = [{ name: 'server', link: UNLIMITED, site: 0 }];
    expect(linesFor(aTopology({ hosts }), 'tc', 'swb1-a-switch')).toEqual(['']);
  });

  it('gives every host an address of its own', () => {
    const hosts = Array.from({ length: 2_000 }, (_, index) => ({ name: `m${index}`, link: LINK, site: 0 }));
    const addresses = hosts.map(({ name }) => addressOf(aTopology({ hosts }), name));
    expect(new Set(addresses).size).toBe(2_000);
    expect(addresses.filter((address) => address.split('.').some((part) => Number(part) > 255))).toEqual([]);
  });

  it('gives addresses with a broadcast address, without which some multicast programs hang', () => {
    expect(linesFor(aTopology(), 'ip', 'swb1-a-m001')).toContain('address add 10.83.0.2/16 brd + dev eth0');
  });

  it('joins several sites by a bridge between them, with a shaped link each', () => {
    const topology = twoSites(false);
    const built = linesFor(topology, 'ip', 'swb1-a-switch');
    expect(built).toContain('link set p-m001 master br-1 up');
    expect(built).toContain('link set wan-1 master br-wan up');
    expect(shapedIn(topology, 'swb1-a-switch')).toEqual(['up-0', 'wan-0']);
  });

  it('counts what crosses a WAN packet by packet', () => {
    const built = linesFor(twoSites(false), 'ip', 'swb1-a-switch');
    expect(built.filter((line) => line.includes('gso'))).toEqual(
      ['up-0', 'wan-0', 'up-1', 'wan-1'].map((name) => `link set ${name} gso_max_segs 1`),
    );
  });
});

describe('a site behind a NAT', () => {
  it('has a router of its own, which goes with the other namespaces', () => {
    expect(namespacesOf(twoSites(true))).toEqual([
      'swb1-a-switch',
      'swb1-a-nat-1',
      'swb1-a-server',
      'swb1-a-m001',
    ]);
  });

  it('has addresses that nobody else has a way to, and a way to all others', () => {
    const topology = twoSites(true);
    expect(addressOf(topology, 'm001')).toBe('10.84.0.2');
    expect(linesFor(topology, 'ip', 'swb1-a-m001')).toContain('route add default via 10.84.255.254');
    const server = linesFor(topology, 'ip', 'swb1-a-server');
    expect(server.filter((line) => /route add default|10\.84\./.test(line))).toEqual([]);
    expect(server).toContain('neigh add 10.83.255.1 lladdr 02:53:42:02:00:01 nud permanent dev eth0');
  });

  it('keeps the rates of its WAN link at the ends of the cable', () => {
    const topology = twoSites(true);
    expect(shapedIn(topology, 'swb1-a-nat-1')).toEqual(['outside']);
    expect(shapedIn(topology, 'swb1-a-switch')).toEqual(['up-0', 'wan-0', 'wan-1']);
  });
});

function twoSites(hasNat: boolean): NetnsTopology {
  const hosts = [
    { name: 'server', link: UNLIMITED, site: 0 },
    { name: 'm001', link: UNLIMITED, site: 1 },
  ];
  const far = hasNat ? { ...LINK, hasNat } : { ...UNLIMITED, hasNat };
  return aTopology({ hosts, sites: [{ ...LINK, hasNat: false }, far] });
}

function shapedIn(topology: NetnsTopology, namespace: string): string[] {
  const lines = linesFor(topology, 'tc', namespace).filter((line) => line.includes('rate'));
  return lines.map((line) => /dev (\S+)/.exec(line)![1]!);
}
