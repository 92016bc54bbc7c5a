import { describe, expect, it } from 'vitest';
import { Simulation } from '../../../src/sim/kernel/simulation.ts';
import { FlowNetwork } from '../../../src/sim/network/flow-network.ts';
import { SERVER, Topology } from '../../../src/sim/network/topology.ts';
import { aModel } from '../a-model.ts';

const wan = { upBps: 30, downBps: 40 };
const sites = [
  { name: 'home', wan },
  { name: 'branch', wan },
];
const WRITTEN = { isRead: true, isDecoded: true, isWritten: true };
const STORED = { isRead: true, isDecoded: false, isWritten: false };

/** The topology of one machine at each site, and the capacities of its links by link number. */
function aTopology(wishes: Parameters<typeof aModel>[0] = {}): {
  topology: Topology;
  capacitiesOf: (path: number[]) => number[];
} {
  const capacities: number[] = [];
  class WatchedNetwork extends FlowNetwork {
    override addLink(capacityBps: number): number {
      const link = super.addLink(capacityBps);
      if (link !== -1) capacities[link] = capacityBps;
      return link;
    }
  }
  const machines = [{ site: 0 }, { site: 1 }];
  const link = { upBps: 10, downBps: 20 };
  const model = aModel({ machines, link, sites, disk: { readBps: 50, writeBps: 60 }, ...wishes });
  const topology = new Topology(model, new WatchedNetwork(new Simulation()));
  return { topology, capacitiesOf: (path) => path.map((number) => capacities[number]!) };
}

describe('topology', () => {
  it('leads from the server over its uplink and the downlink on to the disk', () => {
    const { topology, capacitiesOf } = aTopology();
    expect(capacitiesOf(topology.path(SERVER, 1, WRITTEN))).toEqual([10, 20, 60]);
  });

  it('leads between sites over both WAN links', () => {
    const { topology, capacitiesOf } = aTopology();
    expect(capacitiesOf(topology.path(SERVER, 2, WRITTEN))).toEqual([10, 30, 40, 20, 60]);
  });

  it('leads through the switch of each site that has a limit, once', () => {
    const behind = (backplaneBps: number) => ({ name: 'home', wan, backplaneBps });
    const { topology, capacitiesOf } = aTopology({ sites: [behind(70), behind(80)] });
    expect(capacitiesOf(topology.path(SERVER, 1, WRITTEN))).toEqual([10, 70, 20, 60]);
    expect(capacitiesOf(topology.path(SERVER, 2, WRITTEN))).toEqual([10, 70, 30, 40, 80, 20, 60]);
    expect(capacitiesOf(topology.path(2, 1, WRITTEN))).toEqual([50, 10, 80, 30, 40, 70, 20, 60]);
  });

  it('leads from the disk of a machine, and not on to the disk where that is written later', () => {
    const { topology, capacitiesOf } = aTopology();
    expect(capacitiesOf(topology.path(2, 1, STORED))).toEqual([50, 10, 30, 40, 20]);
  });

  it('leaves out links without limit', () => {
    const { topology } = aTopology({ link: { upBps: Infinity, downBps: Infinity } });
    expect(topology.path(SERVER, 1, STORED)).toEqual([]);
  });

  it('gives a shared disk one link, of the lower rate, for reading and writing', () => {
    const { topology, capacitiesOf } = aTopology({ disk: { readBps: 50, writeBps: 60, isShared: true } });
    expect(topology.readPath(1)).toEqual(topology.writePath(1));
    expect(capacitiesOf(topology.readPath(1))).toEqual([50]);
  });

  it('counts a disk in wire bytes: raw bytes twice as many halve it', () => {
    const { topology, capacitiesOf } = aTopology({ wireBytes: 2 ** 20, rawBytes: 2 ** 21 });
    expect(capacitiesOf(topology.writePath(1))).toEqual([30]);
  });
});
