import { array, assert, constantFrom, integer, nat, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeploymentModel, MachineModel, SiteModel } from '../../../src/sim/deployment-model.ts';
import { type SimulatedDeployment, simulate } from '../../../src/sim/simulate.ts';
import { aModel, aSwarm, LINK_BPS } from '../a-model.ts';
import { anyPolicies } from '../any-model.ts';
import { doneTimes, failures, makespanS } from '../readings.ts';

const PIECES = 256;
const LINK = { upBps: 5 * LINK_BPS, downBps: 5 * LINK_BPS };
/** A piece takes a second to cross, and a fifth of one at home. */
const WAN = { upBps: LINK_BPS, downBps: LINK_BPS };
const SITES: readonly SiteModel[] = ['near', 'far'].map((name) => ({ name, wan: WAN }));

/** `near` machines beside the server, and others at another site; both may be special. */
function aBranch(near: number, far: readonly Partial<MachineModel>[], wishes: Partial<DeploymentModel> = {}) {
  const machines = [
    ...Array.from({ length: near }, () => ({ site: 0 })),
    ...far.map((machine) => ({ site: 1, ...machine })),
  ];
  const transport = aSwarm({ handout: 'sites', neighbours: 24 });
  return aModel({ pieces: PIECES, link: LINK, sites: SITES, transport, ...wishes, machines });
}

/** Bytes that came to the machines behind the first few from anybody but them, in images. */
function copiesAcross({ machines }: SimulatedDeployment, near: number): number {
  const across = machines
    .slice(near)
    .flatMap(({ receivedFrom }) => [...receivedFrom!])
    .filter(([sender]) => sender <= near)
    .reduce((sum, [, bytes]) => sum + bytes, 0);
  return across / (PIECES * 2 ** 20);
}

describe('a swarm over two sites', () => {
  it.each([1, 2, 3])('fetches a piece once for a site, as in the lab (random seed %i)', (randomSeed) => {
    const result = simulate(aBranch(10, Array(10).fill({})), randomSeed);
    // In the netns lab 1.001 copies cross, in 1.04 times what one takes.
    expect(copiesAcross(result, 10)).toBeLessThan(1.01);
    expect(makespanS(result)).toBeLessThan(1.03 * PIECES);
    expect(makespanS(result)).toBeGreaterThan(PIECES);
  });

  it('sends what an owner would have fetched to others when it dies', () => {
    const far = Array.from({ length: 5 }, (_, place) => (place === 0 ? { diesAfterS: 20 } : {}));
    const result = simulate(aBranch(5, far), 1);
    expect(doneTimes(result).filter((doneS) => doneS === null)).toHaveLength(1);
    expect(
      makespanS({ ...result, machines: result.machines.filter(({ doneS }) => doneS !== null) }),
    ).toBeLessThan(1.3 * PIECES);
  });

  it('lets others take the pieces of an owner whose cable is out', () => {
    const linkChanges = [
      { atS: 20, link: { upBps: 0, downBps: 0 } },
      { atS: 600, link: LINK },
    ];
    const far = Array.from({ length: 5 }, (_, place) => (place === 0 ? { linkChanges } : {}));
    const others = doneTimes(simulate(aBranch(5, far), 1)).toSpliced(5, 1) as number[];
    expect(Math.max(...others)).toBeLessThan(2 * PIECES);
  });

  it('fetches nothing from elsewhere where the server is', () => {
    const result = simulate(
      aBranch(4, Array(4).fill({}), { transport: aSwarm({ seeder: 'plain', handout: 'sites' }) }),
      1,
    );
    for (const { receivedFrom } of result.machines.slice(0, 4))
      for (const [sender] of receivedFrom!) expect(sender).toBeLessThanOrEqual(4);
  });

  it('says who is stuck beside a server that it does not know, instead of looking elsewhere for ever', () => {
    // The server was away when all asked for one neighbour each, and the other seeders at its site have left.
    const transport = aSwarm({
      ...{ handout: 'sites', neighbours: 1, seeder: 'superseed', staysForS: 0 },
      ...{ announceS: 20, pexS: 20 },
    });
    const serverStops = [{ atS: 0, forS: 1 }];
    const seeders = Array.from({ length: 2 }, () => ({ link: LINK, site: 0 }));
    const result = simulate(
      aBranch(3, Array(3).fill({}), {
        wireBytes: 12 * LINK_BPS,
        rawBytes: 12 * LINK_BPS,
        transport,
        serverStops,
        seeders,
      }),
      1,
    );
    const stuck = failures(result).filter((why) => why !== null);
    expect(stuck.length).toBeGreaterThan(0);
    for (const why of stuck) expect(why).toContain('none of its neighbours has piece');
  });
});

describe('a swarm over any sites', () => {
  it('never stalls while the server is there, whoever dies', () => {
    const machine = record({
      site: integer({ min: 0, max: 2 }),
      diesAfterS: constantFrom(Infinity, Infinity, 3, 9),
    });
    const swarms = record({
      machines: array(machine, { minLength: 2, maxLength: 12 }),
      policies: record(anyPolicies),
      randomSeed: nat(),
    });
    const sites = ['a', 'b', 'c'].map((name) => ({ name, wan: WAN }));
    assert(
      property(swarms, ({ machines, policies, randomSeed }) => {
        // Everybody knows everybody: who is left always knows the server.
        const transport = aSwarm({ ...policies, handout: 'regular', neighbours: 24 });
        const model = aModel({ machines, pieces: 12, link: LINK, sites, transport });
        const result = simulate(model, randomSeed);
        const stalled = failures(result).filter((failure) => failure?.includes('stalled'));
        expect(stalled).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
