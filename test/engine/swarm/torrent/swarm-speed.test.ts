import { describe, expect, it } from 'vitest';
import { LAB, QUICK, runVirtualSwarm, type VirtualResult, type VirtualSwarm } from './virtual-links.ts';

type Wishes = Partial<VirtualSwarm> & { machines: number };

/** The same swarm several times, with different chances. */
const runs = (wishes: Wishes, count = 3): VirtualResult[] =>
  Array.from({ length: count }, (_, run) => runVirtualSwarm({ ...wishes, randomSeed: run + 1 }));

/** Virtual time of the real state machines over that of one copy; equal links, so 1 is the bound. */
const makespan = ({ doneAt }: VirtualResult): number => Math.max(...doneAt);

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe('a swarm of our clients on equal links', () => {
  it.each([
    [1, 1.01, 1.015],
    [2, 1.03, 1.035],
    [5, 1.05, 1.065],
    [10, 1.085, 1.125],
    [20, 1.105, 1.14],
  ])(
    'of %i machines and 256 pieces needs at most %f copies of time, in a lab that is busy %f',
    (machines, quick, busy) => {
      for (const result of runs({ machines })) expect(makespan(result)).toBeLessThan(quick);
      for (const result of runs({ machines, conditions: LAB })) expect(makespan(result)).toBeLessThan(busy);
    },
  );

  it.each([
    [2, 1.03],
    [5, 1.05],
    [10, 1.085],
    [20, 1.11],
  ])(
    'of %i machines needs on average %f copies of time at most where hosts queue by flow',
    (machines, most) => {
      // Of 48 runs with ten machines single ones take 1.07 to 1.10.
      expect(meanOf(runs({ machines, conditions: LAB, isFair: true }, 12).map(makespan))).toBeLessThan(most);
    },
  );

  it('with 50 machines, slow links and small pieces needs at most 1.23 copies of time', () => {
    const wishes = { machines: 50, pieceBytes: 65_536, rateBps: 625_000 };
    expect(makespan(runVirtualSwarm(wishes))).toBeLessThan(1.23);
  });

  it('of 20 machines needs hardly more than a copy over the link of a server that is slower, busy or not', () => {
    const wishes = { machines: 20, pieces: 128, serverShare: 0.4 };
    const places = [{}, { conditions: LAB }, { conditions: LAB, isFair: true }];
    for (const results of places.map((place) => runs({ ...wishes, ...place }, 12))) {
      // Single runs send 1.03 to 1.09 copies, 64 of them 1.056 on average in the last place.
      expect(meanOf(results.map(makespan))).toBeLessThan(1.06 / 0.4);
      expect(meanOf(results.map(({ serverCopies }) => serverCopies))).toBeLessThan(1.06);
    }
  });

  it('lets the seeder send hardly more than one copy', () => {
    for (const { serverCopies } of runs({ machines: 20 })) expect(serverCopies).toBeLessThan(1.06);
  });

  it('takes about as much from each of two servers that deal, and needs little more than half the time', () => {
    for (const result of runs({ machines: 1, servers: 2, serverShare: 0.25, pieces: 64 })) {
      expect(makespan(result)).toBeLessThan(1.15 / (2 * 0.25));
      for (const copies of result.copiesByServer) {
        expect(copies / result.serverCopies).toBeGreaterThan(0.4);
        expect(copies / result.serverCopies).toBeLessThan(0.6);
      }
    }
  });

  it('lets one slow machine hold up the others by hardly more than a twentieth', () => {
    const held = meanOf(runs({ machines: 20, slow: 1 }).map(({ doneAt }) => Math.max(...doneAt.slice(1))));
    expect(held).toBeLessThan(1.06 * meanOf(runs({ machines: 20 }).map(makespan)));
  });

  it.each([
    // 1.43 and 1.99 where the seeder deals to all in turn.
    [5, 1.3],
    [8, 1.45],
  ])('lets %i machines at a fifth of the rate hold up the others to %f copies of time', (slow, most) => {
    const held = runs({ machines: 20, slow, conditions: LAB, isFair: true });
    expect(meanOf(held.map(({ doneAt }) => Math.max(...doneAt.slice(slow))))).toBeLessThan(most);
  });

  it.each<Partial<VirtualSwarm>>([
    { slow: 5, slowShare: 1 / 500, pieceBytes: 2 ** 20, pieces: 64 },
    { slow: 5, slowShare: 1 / 100, pieceBytes: 2 ** 20, pieces: 64 },
    { slow: 5, slowShare: 1 / 100 },
  ])('lets machines with broken links hold up the others by an eighth or so: %o', (wishes) => {
    const last = ({ doneAt }: VirtualResult) => Math.max(...doneAt.slice(wishes.slow));
    const swarm = { ...wishes, machines: 20 };
    const held = runs(swarm).map(last);
    // Zero is never.
    for (const doneAt of held) expect(doneAt).toBeGreaterThan(1);
    expect(meanOf(held)).toBeLessThan(1.17 * meanOf(runs({ ...swarm, slow: 0 }).map(makespan)));
  });

  it('keeps the server sending to the end where machines send slower than they receive', () => {
    const upShare = 1 / 3;
    const bound = 6 / (1 + 6 * upShare);
    const results = runs({ machines: 6, pieces: 96, upShare });
    expect(meanOf(results.map(makespan))).toBeLessThan(1.13 * bound);
    for (const { serverCopies } of results) expect(serverCopies).toBeGreaterThan(0.9 * bound);
  });

  it('is the better for a limit on sources: without it some starve while others have too many', () => {
    const mean = (sources: number) => meanOf(runs({ machines: 20, sources }).map(makespan));
    expect(mean(4)).toBeLessThan(0.95 * mean(20));
  });

  it.each<[Partial<VirtualSwarm>, number, number]>([
    [{ choker: 'classic', seeder: 'plain' }, 1.9, 2.7],
    [{ choker: 'classic' }, 1.55, 1.9],
    [{ seeder: 'plain' }, 1.4, 1.75],
    [{ seeder: 'superseed' }, 1.12, 1.3],
  ])('needs more time by other policies: %o', (policies, least, most) => {
    const sources = policies.choker === 'classic' ? 20 : 4;
    const cost = meanOf(runs({ machines: 20, sources, ...policies }).map(makespan));
    expect(cost).toBeGreaterThan(least);
    expect(cost).toBeLessThan(most);
  });

  it('needs no more time with a measured pipeline where the way is short', () => {
    const mean = (pipeline: VirtualSwarm['pipeline']) =>
      meanOf(runs({ machines: 20, pipeline }).map(makespan));
    expect(mean('measured')).toBeLessThan(1.01 * mean('shared'));
  });

  it('needs less time with a measured pipeline where the way is long', () => {
    const conditions = { ...QUICK, delayS: 0.1, windowBytes: 2 ** 20 };
    const mean = (pipeline: VirtualSwarm['pipeline']) =>
      meanOf(runs({ machines: 10, conditions, pipeline }).map(makespan));
    expect(mean('measured')).toBeLessThan(0.95 * mean('shared'));
  });

  it('says little beside the data: fewer than two and a half messages a block', () => {
    const blocks = 20 * 256 * 16;
    for (const conditions of [QUICK, LAB])
      expect(runVirtualSwarm({ machines: 20, conditions }).messages).toBeLessThan(2.5 * blocks);
  });

  it('says much of it with blocks or together: fewer than one packet beside those of blocks for two', () => {
    // 0.62 where whoever is served hears of each piece at once, and others of eight.
    const blocks = 20 * 256 * 16;
    const { packets } = runVirtualSwarm({ machines: 20, conditions: LAB, isFair: true });
    expect(packets - blocks).toBeLessThan(0.55 * blocks);
  });
});
