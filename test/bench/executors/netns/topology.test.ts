import { describe, expect, it } from 'vitest';
import {
  addressAt,
  type NetnsTopology,
  namespacesOf,
  setUpSteps,
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
    sites: [UNLIMITED],
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

  it('shapes what a host sends in its own namespace, and what it receives at its port, at goodput / 0.956', () => {
    const rates = (namespace: string) =>
      linesFor(aTopology(), 'tc', namespace).flatMap((line) => /rate (\d+)bit/.exec(line)?.[1] ?? []);
    expect(rates('swb1-a-m001')).toEqual([String(Math.round((10e6 * 1514) / 1448))]);
    expect(rates('swb1-a-switch')).toEqual(Array(2).fill(String(Math.round((20e6 * 1514) / 1448))));
  });

  it('leaves a link without a rate as it is', () => {
    const hosts = [{ name: 'server', link: UNLIMITED, site: 0 }];
    expect(linesFor(aTopology({ hosts }), 'tc', 'swb1-a-switch')).toEqual(['']);
  });

  it('gives every host an address of its own', () => {
    const addresses = Array.from({ length: 2_000 }, (_, index) => addressAt(index));
    expect(new Set(addresses).size).toBe(2_000);
    expect(addresses.filter((address) => address.split('.').some((part) => Number(part) > 255))).toEqual([]);
  });

  it('gives addresses with a broadcast address, without which some multicast programs hang', () => {
    expect(linesFor(aTopology(), 'ip', 'swb1-a-m001')).toContain('address add 10.83.0.2/16 brd + dev eth0');
  });

  it('joins several sites by a bridge between them, with a shaped link each', () => {
    const hosts = [
      { name: 'server', link: UNLIMITED, site: 0 },
      { name: 'm001', link: UNLIMITED, site: 1 },
    ];
    const topology = aTopology({ hosts, sites: [LINK, UNLIMITED] });
    const built = linesFor(topology, 'ip', 'swb1-a-switch');
    expect(built).toContain('link set p-m001 master br-1 up');
    expect(built).toContain('link set down-1 master br-wan up');
    const shapedLinks = linesFor(topology, 'tc', 'swb1-a-switch').filter((line) => line.includes('rate'));
    expect(shapedLinks.map((line) => /dev (\S+)/.exec(line)![1])).toEqual(['up-0', 'down-0']);
  });
});
