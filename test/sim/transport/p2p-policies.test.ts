/** What the policies of a swarm cost: the ladder from classic choking to grants with a dealing seeder. */
import { describe, expect, it } from 'vitest';
import type { P2pModel } from '../../../src/sim/deployment-model.ts';
import { SERVER } from '../../../src/sim/network/topology.ts';
import { simulate } from '../../../src/sim/simulate.ts';
import { aModel, aSwarm, LINK_BPS, PIECE_BYTES } from '../a-model.ts';
import { makespanS } from '../readings.ts';
import { replay } from './swarm-replay.ts';
import { WatchedSwarm } from './watched-swarm.ts';

const [MACHINES, PIECES] = [20, 256];
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];
/** A piece of 1 MiB over a link of 100 Mbit/s, goodput [s]: 114 of them go into the ten seconds of a round. */
const PIECE_S = 0.088;
const FAST = { upBps: PIECE_BYTES / PIECE_S, downBps: PIECE_BYTES / PIECE_S };
const CLASSIC: Partial<P2pModel> = { choker: 'classic', seeder: 'plain' };

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

/** Medians over the random seeds: makespan over the time of a copy, and copies that the server sent. */
function cost(
  policies: Partial<P2pModel>,
  { machines = MACHINES, link = FAST } = {},
): { makespan: number; copies: number } {
  const model = aModel({ machines, pieces: PIECES, link, transport: aSwarm(policies) });
  const runs = SEEDS.map((randomSeed) => simulate(model, randomSeed));
  return {
    makespan: median(runs.map((run) => makespanS(run) / (PIECES * PIECE_S))),
    copies: median(runs.map(({ serverUploadedBytes }) => serverUploadedBytes / model.wireBytes)),
  };
}

describe('a seeder that deals to machines with the classic choker', () => {
  it('serves by grants also when it has dealt everything: who comes later need not wait for a round', () => {
    const machines = [{}, { joinsAfterS: 12 }];
    const transport = aSwarm({ choker: 'classic', staysForS: 0 });
    // The second one is done a copy after it came; rounds are every ten seconds.
    expect(makespanS(simulate(aModel({ machines, transport }), 1))).toBe(20);
  });
});

describe('the ladder of policies, 20 machines, 256 pieces, equal links', () => {
  it('grants of a dealing seeder: 1.05 to 1.06 times the time of a copy', () => {
    const { makespan, copies } = cost({});
    expect(makespan).toBeGreaterThan(1.045);
    expect(makespan).toBeLessThan(1.065);
    expect(copies).toBeLessThan(1.08);
  });

  it('with two slots as well, where what the poorest is dealt takes long to leave it: below 1.15', () => {
    // 1.26 where every fifth piece goes to the poorest of all.
    expect(cost({ uploadSlots: 2 }, { machines: 50 }).makespan).toBeLessThan(1.15);
  });

  it('grants of a seeder like any peer: 1.08 to 1.16', () => {
    const { makespan, copies } = cost({ seeder: 'plain' });
    expect(makespan).toBeGreaterThan(1.08);
    expect(makespan).toBeLessThan(1.16);
    expect(copies).toBeGreaterThan(1.08);
  });

  it('a super seeder does as well as a dealing one where it hears at once that a piece was seen elsewhere', () => {
    const { makespan, copies } = cost({ seeder: 'superseed' });
    expect(makespan).toBeLessThan(1.07);
    expect(copies).toBeLessThan(1.08);
  });

  it('classic choking in rounds of 114 pieces: 1.7 to 2.3, and a third of a copy more from the server', () => {
    const { makespan, copies } = cost(CLASSIC);
    expect(makespan).toBeGreaterThan(1.7);
    expect(makespan).toBeLessThan(2.3);
    expect(copies).toBeGreaterThan(1.3);
    expect(copies).toBeLessThan(1.9);
  });

  it('the picker hardly matters: rarest, sampled, random and sequential are within 2 % of each other', () => {
    const makespans = (['rarest', 'sampled', 'random', 'sequential'] as const).map(
      (picker) => cost({ picker }).makespan,
    );
    expect(Math.max(...makespans) / Math.min(...makespans)).toBeLessThan(1.02);
  });

  it('the rarest of a sample is within 1 % of the rarest of all', () => {
    const large = { machines: 100, link: { ...FAST, downBps: Infinity } };
    const [exact, sampled] = (['rarest', 'sampled'] as const).map(
      (picker) => cost({ picker, neighbours: 20 }, large).makespan,
    );
    expect(sampled! / exact!).toBeLessThan(1.01);
  });

  it('the first few pieces at random cost nothing', () => {
    expect(cost({ randomFirst: 4 }).makespan / cost({}).makespan).toBeLessThan(1.01);
  });
});

function watch(policies: Partial<P2pModel>, randomSeed: number, link = FAST): WatchedSwarm {
  const transport = aSwarm(policies);
  const model = { ...aModel({ machines: MACHINES, pieces: PIECES, link, transport }), transport };
  return new WatchedSwarm(model, randomSeed).run(MACHINES);
}

describe.each([1, 2, 3])('classic choking (random seed %i)', (randomSeed) => {
  const { uploadSlots, seederSlots } = aSwarm();

  it('serves no more receivers from one round to the next than there are slots, and the optimistic one', () => {
    const receivers = new Map<string, Set<number>>();
    replay(watch(CLASSIC, randomSeed).log, {
      granted({ timeS, sender, receiver }) {
        const round = `${sender} ${Math.floor(timeS / 10)}`;
        receivers.set(round, (receivers.get(round) ?? new Set()).add(receiver));
      },
    });
    for (const [round, served] of receivers) {
      const slots = round.startsWith(`${SERVER} `) ? seederSlots : uploadSlots;
      expect(served.size).toBeLessThanOrEqual(slots + 1);
    }
    expect(receivers.size).toBeGreaterThan(3 * MACHINES);
  });

  it('serves piece after piece: most grants go to the receiver whose last piece has just come', () => {
    let [renewed, all] = [0, 0];
    const endedAt = new Map<string, number>();
    for (const event of watch(CLASSIC, randomSeed).log) {
      if (event.kind === 'delivered') endedAt.set(`${event.sender} ${event.receiver}`, event.timeS);
      if (event.kind !== 'started') continue;
      all++;
      if (endedAt.get(`${event.sender} ${event.receiver}`) === event.timeS) renewed++;
    }
    expect(renewed / all).toBeGreaterThan(0.8);
  });

  it('lets a piece that is under way come after the choke: nothing is sent in vain', () => {
    const model = aModel({ machines: MACHINES, pieces: PIECES, link: FAST, transport: aSwarm(CLASSIC) });
    expect(simulate(model, randomSeed).wastedBytes).toBe(0);
  });

  it('holds no round when all is done: the last event is the last piece', () => {
    const swarm = watch(CLASSIC, randomSeed);
    expect(swarm.simulation.now).toBeLessThan(Math.max(...swarm.downloadedAtS.values()) + 10);
    expect(swarm.downloadedAtS.size).toBe(MACHINES);
  });
});

describe.each([1, 2, 3])('super seeding (random seed %i)', (randomSeed) => {
  it('reveals a fresh piece only to whom the last was passed on from, unless it serves nobody', () => {
    // Uplinks of machines are slow: passing on takes long.
    const link = { upBps: LINK_BPS, downBps: 8 * LINK_BPS };
    const last = new Map<number, number>();
    const revealed = new Set<number>();
    let proofs = 0;
    replay(watch({ seeder: 'superseed' }, randomSeed, link).log, {
      granted({ sender, receiver, piece }, state) {
        if (sender !== SERVER) return;
        const before = last.get(receiver);
        last.set(receiver, piece);
        revealed.add(piece);
        if (before === undefined || state.serving(SERVER).size === 0) return;
        proofs++;
        const isElsewhere = [...state.here].some((peer) => peer !== receiver && state.held(peer).has(before));
        expect(isElsewhere).toBe(true);
      },
    });
    expect(proofs).toBeGreaterThan(PIECES / 4);
    expect(revealed.size).toBe(PIECES);
  });
});
