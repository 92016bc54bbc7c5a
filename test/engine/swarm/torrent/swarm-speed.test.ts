import { describe, expect, it } from 'vitest';
import { runVirtualSwarm } from './virtual-links.ts';

/** Virtual time of the real state machines over that of one copy; equal links, so 1 is the bound. */
const makespan = (wishes: Parameters<typeof runVirtualSwarm>[0]) =>
  Math.max(...runVirtualSwarm(wishes).doneAt);

describe('a swarm of our clients on equal links', () => {
  it.each([
    [1, 1.03],
    [2, 1.05],
    [5, 1.07],
    [10, 1.08],
    [20, 1.1],
  ])('with %i machines and 256 pieces needs at most %f copies of time', (machines, most) => {
    for (const randomSeed of [1, 2, 3]) expect(makespan({ machines, randomSeed })).toBeLessThan(most);
  });

  it('with 50 machines, slow links and small pieces needs at most 1.15 copies of time', () => {
    expect(makespan({ machines: 50, pieceBytes: 65_536, rateBps: 625_000 })).toBeLessThan(1.15);
  });

  it('lets the seeder send hardly more than one copy', () => {
    expect(runVirtualSwarm({ machines: 20 }).serverCopies).toBeLessThan(1.1);
  });

  it('does not let one slow machine hold up the others', () => {
    const { doneAt } = runVirtualSwarm({ machines: 20, slow: 1 });
    expect(Math.max(...doneAt.slice(1))).toBeLessThan(1.05 * makespan({ machines: 20 }));
  });

  it('is the better for a limit on sources: without it the fresh pieces crawl', () => {
    const seeds = [1, 2, 3];
    const mean = (sources: number) =>
      seeds.reduce((sum, randomSeed) => sum + makespan({ machines: 20, sources, randomSeed }), 0) /
      seeds.length;
    expect(mean(5)).toBeLessThan(mean(20));
  });

  it('says little beside the data: fewer than four messages a block', () => {
    const blocks = 20 * 256 * 16;
    expect(runVirtualSwarm({ machines: 20 }).messages).toBeLessThan(4 * blocks);
  });
});
