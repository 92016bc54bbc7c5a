import { array, assert, constant, double, integer, nat, oneof, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Simulation } from '../../../src/sim/kernel/simulation.ts';
import { FlowNetwork } from '../../../src/sim/network/flow-network.ts';
import { objections } from './max-min-certificate.ts';

function aNetwork(...capacities: number[]): {
  simulation: Simulation;
  network: FlowNetwork;
  links: number[];
} {
  const simulation = new Simulation();
  const network = new FlowNetwork(simulation);
  return { simulation, network, links: capacities.map((capacityBps) => network.addLink(capacityBps)) };
}

interface Transfer {
  readonly startS: number;
  readonly path: readonly number[];
  readonly bytes: number;
  readonly capBps?: number;
}

/** Completion times [s] of transfers over links of these capacities, in the order of the transfers. */
function completionTimes(capacities: readonly number[], transfers: readonly Transfer[]): number[] {
  const { simulation, network, links } = aNetwork(...capacities);
  const doneAt = transfers.map(() => Number.NaN);
  for (const [place, { startS, path, bytes, capBps = Infinity }] of transfers.entries()) {
    simulation.after(startS, () => {
      const onDone = () => {
        doneAt[place] = simulation.now;
      };
      network.start(network.open(onDone), { path: path.map((link) => links[link]!), bytes, capBps });
    });
  }
  simulation.run();
  return doneAt;
}

describe('flow network: completion times', () => {
  it('of one flow is bytes through capacity', () => {
    expect(completionTimes([4], [{ startS: 1, path: [0], bytes: 40 }])).toEqual([11]);
  });

  it('of two flows that overlap on one link', () => {
    // Alone until 4, half each until the first has its other 6 bytes at 16, the rest alone until 20.
    const transfers = [
      { startS: 0, path: [0], bytes: 10 },
      { startS: 4, path: [0], bytes: 10 },
    ];
    expect(completionTimes([1], transfers)).toEqual([16, 20]);
  });

  it('of a flow at its cap beside one that takes the rest', () => {
    const transfers = [
      { startS: 0, path: [0], bytes: 8, capBps: 1 },
      { startS: 0, path: [0], bytes: 24 },
    ];
    expect(completionTimes([4], transfers)).toEqual([8, 8]);
  });

  it('of a flow whose cap changes while it runs, and of the one beside it', () => {
    const { simulation, network, links } = aNetwork(4);
    const doneAt: number[] = [];
    const flows = [8, 24].map((bytes, place) => {
      const flow = network.open(() => {
        doneAt[place] = simulation.now;
      });
      network.start(flow, { path: links, bytes, capBps: place === 0 ? 1 : Infinity });
      return flow;
    });
    // 4 bytes of the one and 12 of the other by then; half each from then on.
    simulation.after(4, () => network.setCap(flows[0]!, 3));
    simulation.run();
    expect(doneAt).toEqual([6, 8]);
  });

  it('of the parking lot, where the end of the long flow frees all the lots', () => {
    const transfers = [
      { startS: 0, path: [0, 1], bytes: 4 },
      { startS: 0, path: [0], bytes: 12 },
      { startS: 0, path: [1], bytes: 4 },
    ];
    expect(completionTimes([2, 2], transfers)).toEqual([4, 8, 4]);
  });

  it('of flows on links apart do not depend on each other', () => {
    const transfers = [
      { startS: 0, path: [0], bytes: 6 },
      { startS: 1, path: [1], bytes: 6 },
    ];
    expect(completionTimes([2, 3], transfers)).toEqual([3, 3]);
  });

  it('of zero bytes is at once', () => {
    expect(completionTimes([1], [{ startS: 3, path: [0], bytes: 0 }])).toEqual([3]);
  });

  it('over unlimited links is at once', () => {
    expect(completionTimes([Infinity], [{ startS: 3, path: [0], bytes: 1e12 }])).toEqual([3]);
  });

  it('over unlimited links with a cap is bytes through the cap', () => {
    expect(completionTimes([Infinity], [{ startS: 3, path: [0], bytes: 8, capBps: 2 }])).toEqual([7]);
  });

  it('of flows that start in each other’s end is that of one after the other', () => {
    const { simulation, network, links } = aNetwork(2);
    const doneAt: number[] = [];
    const startNext = () => {
      doneAt.push(simulation.now);
      if (doneAt.length < 4) network.start(flow, { path: links, bytes: 2, capBps: Infinity });
    };
    const flow = network.open(startNext);
    simulation.after(0, startNext);
    simulation.run();
    expect(doneAt).toEqual([0, 1, 2, 3]);
  });
});

describe('flow network: the narrowest link', () => {
  it('is that of a path as its links are as a rule, whatever they carry at present', () => {
    const { network, links } = aNetwork(8, 4);
    network.setCapacity(links[0]!, 1);
    expect(links.map((link) => network.capacityOf(link))).toEqual([1, 4]);
    expect(network.narrowest(links)).toBe(4);
    expect(network.narrowest([])).toBe(Infinity);
  });
});

describe('flow network: cancel', () => {
  function cancelledAt(timeS: number, capacityBps: number): { left: number; otherDoneAt: number } {
    const { simulation, network, links } = aNetwork(capacityBps);
    let [left, otherDoneAt] = [Number.NaN, Number.NaN];
    const flow = network.open(() => {});
    const other = network.open(() => {
      otherDoneAt = simulation.now;
    });
    for (const started of [flow, other]) network.start(started, { path: links, bytes: 10, capBps: Infinity });
    simulation.after(timeS, () => {
      left = network.cancel(flow);
    });
    simulation.run();
    return { left, otherDoneAt };
  }

  it('returns the bytes that had not arrived, and leaves the link to the others', () => {
    expect(cancelledAt(4, 2)).toEqual({ left: 6, otherDoneAt: 7 });
  });

  it('returns all bytes of a flow that began in the same instant', () => {
    expect(cancelledAt(0, 2)).toEqual({ left: 10, otherDoneAt: 5 });
  });

  it('takes the flow out of the network for good', () => {
    const { simulation, network, links } = aNetwork(1);
    const done: string[] = [];
    const cancelled = network.open(() => done.push('cancelled'));
    network.start(cancelled, { path: links, bytes: 5, capBps: Infinity });
    simulation.after(1, () => network.cancel(cancelled));
    simulation.after(2, () => expect([...network.flows()]).toEqual([]));
    simulation.run();
    expect(done).toEqual([]);
  });

  it('returns a number of bytes for an unlimited flow whose rate is settled already', () => {
    const { simulation, network } = aNetwork();
    let left = Number.NaN;
    const first = network.open(() => (left = network.cancel(second)));
    const second = network.open(() => {});
    for (const flow of [first, second]) network.start(flow, { path: [], bytes: 10, capBps: Infinity });
    simulation.run();
    expect(left).toBeGreaterThanOrEqual(0);
    expect(left).toBeLessThanOrEqual(10);
  });
});

const MOST_LINKS = 6;
const sizes = integer({ min: 1, max: 1000 });
const networks = record({
  capacities: array(sizes, { minLength: 1, maxLength: MOST_LINKS }),
  transfers: array(
    record({
      startS: nat(10),
      path: array(nat(MOST_LINKS - 1), { minLength: 1, maxLength: 4 }),
      bytes: sizes,
      capBps: oneof(constant(Infinity), sizes),
      isCancelled: nat(9).map((draw) => draw === 0),
    }),
    { minLength: 1, maxLength: 30 },
  ),
  moments: array(double({ min: 0, max: 20, noNaN: true }), { minLength: 10, maxLength: 10 }),
});

describe('flow network: a running simulation', () => {
  it('has max-min fair rates at any moment', () => {
    assert(
      property(networks, ({ capacities, transfers, moments }) => {
        const { simulation, network, links } = aNetwork(...capacities);
        for (const { startS, path, bytes, capBps, isCancelled } of transfers) {
          simulation.after(startS, () => {
            const route = [...new Set(path.map((place) => links[place % links.length]!))];
            const flow = network.open(() => {});
            network.start(flow, { path: route, bytes, capBps });
            if (isCancelled) network.cancel(flow);
          });
        }
        // Just beside round times, where flows start: rates are settled between events, not during them.
        for (const moment of moments) {
          simulation.after(moment + Math.PI / 1e6, () => {
            expect(objections([...network.flows()], capacities)).toEqual([]);
          });
        }
        simulation.run();
        expect([...network.flows()]).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('brings every byte: no link carries less or more than its flows', () => {
    assert(
      property(networks, ({ capacities, transfers }) => {
        const atOnce = transfers.map(({ path, bytes }) => ({
          startS: 0,
          path: [path[0]! % capacities.length],
          bytes,
        }));
        const doneAt = completionTimes(capacities, atOnce);
        for (const [link, capacityBps] of capacities.entries()) {
          const mine = atOnce.map(({ path, bytes }, place) => ({ path, bytes, doneS: doneAt[place]! }));
          const crossing = mine.filter(({ path }) => path[0] === link);
          if (crossing.length === 0) continue;
          const bytes = crossing.reduce((sum, transfer) => sum + transfer.bytes, 0);
          const lastS = Math.max(...crossing.map(({ doneS }) => doneS));
          expect((lastS * capacityBps) / bytes).toBeCloseTo(1, 9);
        }
      }),
    );
  });
});
