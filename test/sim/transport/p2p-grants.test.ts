import { array, assert, constantFrom, integer, nat, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeploymentModel, P2pModel } from '../../../src/sim/deployment-model.ts';
import { SERVER } from '../../../src/sim/network/topology.ts';
import { aModel, aSwarm, LINK_BPS } from '../a-model.ts';
import { anyPolicies } from '../any-model.ts';
import { replay, type SwarmState } from './swarm-replay.ts';
import { type Attendance, WatchedSwarm } from './watched-swarm.ts';

interface Swarm {
  readonly machines: number;
  readonly pieces: number;
  readonly settings?: Partial<P2pModel>;
  readonly downBps?: number;
}

function modelOf({
  machines,
  pieces,
  settings,
  downBps = LINK_BPS,
}: Swarm): DeploymentModel & { transport: P2pModel } {
  const transport = aSwarm(settings);
  return { ...aModel({ machines, pieces, link: { upBps: LINK_BPS, downBps } }), transport };
}

function watch(swarm: Swarm, randomSeed: number, attendance?: Attendance): WatchedSwarm {
  return new WatchedSwarm(modelOf(swarm), randomSeed).run(swarm.machines, attendance);
}

/** Small swarms of all kinds, in which everybody knows everybody and some come late. */
const swarms = record({
  machines: integer({ min: 1, max: 7 }),
  pieces: integer({ min: 1, max: 24 }),
  settings: record({
    uploadSlots: integer({ min: 1, max: 4 }),
    seederSlots: integer({ min: 1, max: 5 }),
    ...anyPolicies,
  }),
  downBps: constantFrom(LINK_BPS / 2, LINK_BPS, Infinity),
  randomSeed: nat(),
  joins: array(integer({ min: 0, max: 12 }), { minLength: 7, maxLength: 7 }),
});
const NUM_RUNS = { numRuns: 500 };

function watchLateComers({ randomSeed, joins, ...swarm }: Swarm & { randomSeed: number; joins: number[] }) {
  const joinsAtS = new Map(joins.map((joinsS, place) => [place + 1, joinsS]));
  return watch(swarm as Swarm, randomSeed, { joinsAtS });
}

/** Machines that the uploader does not serve although it has something that they neither have nor have claimed. */
function waitingFor(uploader: number, { here, held, claimed, serving }: SwarmState): number[] {
  return [...here].filter(
    (receiver) =>
      receiver !== uploader &&
      !serving(uploader).has(receiver) &&
      [...held(uploader)].some((piece) => !held(receiver).has(piece) && !claimed(receiver).has(piece)),
  );
}

describe('swarm: grants', () => {
  it('bring every machine every piece once', () => {
    assert(
      property(swarms, (swarm) => {
        const { log, downloadedAtS } = watchLateComers(swarm);
        const brought = log
          .filter((event) => event.kind === 'delivered')
          .map(({ receiver, piece }) => `${receiver} ${piece}`);
        expect(new Set(brought).size).toBe(brought.length);
        expect(brought).toHaveLength(swarm.machines * swarm.pieces);
        expect(downloadedAtS.size).toBe(swarm.machines);
      }),
      NUM_RUNS,
    );
  });

  it('are of pieces that the uploader has and the receiver neither has nor has claimed, to machines that are here', () => {
    assert(
      property(swarms, (swarm) => {
        replay(watchLateComers(swarm).log, {
          granted({ sender, receiver, piece }, state) {
            expect({
              isHere: state.here.has(receiver),
              isWanted: !state.held(receiver).has(piece) && !state.claimed(receiver).has(piece),
              isThere: sender === SERVER || state.held(sender).has(piece),
            }).toEqual({ isHere: true, isWanted: true, isThere: true });
          },
        });
      }),
      NUM_RUNS,
    );
  });

  it('are no more at a time than there are slots, and one for each receiver', () => {
    assert(
      property(swarms, (swarm) => {
        const { uploadSlots, seederSlots } = swarm.settings;
        replay(watchLateComers(swarm).log, {
          granted({ sender, receiver }, state) {
            expect(state.serving(sender).has(receiver)).toBe(false);
            expect(state.serving(sender).size).toBeLessThan(sender === SERVER ? seederSlots : uploadSlots);
          },
        });
      }),
      NUM_RUNS,
    );
  });

  it('leave no slot idle while an interested neighbour waits', () => {
    assert(
      property(swarms, (swarm) => {
        const settings = { ...swarm.settings, choker: 'grants' as const };
        replay(watchLateComers({ ...swarm, settings }).log, {
          instantOver(_timeS, state) {
            for (const uploader of state.here) {
              if (state.serving(uploader).size >= swarm.settings.uploadSlots) continue;
              expect(waitingFor(uploader, state)).toEqual([]);
            }
          },
        });
      }),
      NUM_RUNS,
    );
  });

  it('go the rarest wanted piece first', () => {
    expect(commonPicks(watch({ machines: 8, pieces: 32 }, 1))).toEqual([]);
  });

  it('go the rarest wanted piece first for a machine that joins late as well', () => {
    const joinsAtS = new Map([[8, 30]]);
    for (const randomSeed of [1, 2, 3, 4, 5]) {
      expect(commonPicks(watch({ machines: 8, pieces: 32 }, randomSeed, { joinsAtS }))).toEqual([]);
    }
  });
});

describe('swarm: grants after a death', () => {
  it('go the rarest wanted piece first: the copies of the dead do not count', () => {
    for (const diesAtS of [16, 32, 48, 58]) {
      const leavesAtS = new Map([1, 2, 3, 4, 5, 6].map((machine) => [machine, diesAtS]));
      for (const randomSeed of [1, 2, 3, 4]) {
        const swarm = watch({ machines: 16, pieces: 64 }, randomSeed, { leavesAtS });
        expect(commonPicks(swarm, diesAtS)).toEqual([]);
      }
    }
  });
});

describe('swarm: grants of a dealing seeder', () => {
  /** Pieces that the seeder brought, in the order of their arrival. */
  const broughtBySeeder = ({ log }: WatchedSwarm) =>
    log
      .filter((event) => event.kind === 'delivered')
      .filter(({ sender }) => sender === SERVER)
      .map(({ piece }) => piece);

  it.each([1, 2, 3])('bring each piece once before any twice (random seed %i)', (randomSeed) => {
    const dealt = broughtBySeeder(watch({ machines: 20, pieces: 64 }, randomSeed));
    // The second copy of a piece starts when all others have been dealt, and at most four of them are under way then.
    const surely = dealt.slice(0, 64 - (aSwarm().seederSlots - 1));
    expect(new Set(surely).size).toBe(surely.length);
    expect(new Set(dealt).size).toBe(64);
  });

  it('bring a piece again whose only holder died, while others are still fresh', () => {
    const swarm = { machines: 2, pieces: 8, settings: { seederSlots: 1 }, downBps: Infinity };
    // Machine 1 has piece 0 at 1, and dies while it passes it on.
    const dealt = broughtBySeeder(watch(swarm, 1, { leavesAtS: new Map([[1, 1.5]]) }));
    expect(dealt).toEqual([0, 1, 0, 2, 3, 4, 5, 6, 7]);
  });

  it('leave receivers with more downloads than a machine has slots to their peers', () => {
    assert(
      property(swarms, (swarm) => {
        const dealt = new Set<number>();
        replay(watchLateComers(swarm).log, {
          granted({ sender, receiver, piece }, state) {
            if (sender !== SERVER || !isDealing(swarm, dealt)) return;
            expect(downloadsOf(receiver, state)).toBeLessThanOrEqual(swarm.settings.uploadSlots);
            dealt.add(piece);
          },
        });
      }),
      NUM_RUNS,
    );
  });

  it('leave no slot idle while a receiver with few downloads is not served by it', () => {
    assert(
      property(swarms, (swarm) => {
        const dealt = new Set<number>();
        replay(watchLateComers(swarm).log, {
          granted({ sender, piece }) {
            if (sender === SERVER) dealt.add(piece);
          },
          instantOver(_timeS, state) {
            const served = state.serving(SERVER);
            if (!isDealing(swarm, dealt) || served.size >= swarm.settings.seederSlots) return;
            const passedOver = [...state.here].filter((receiver) => !served.has(receiver));
            const fewest = Math.min(...passedOver.map((receiver) => downloadsOf(receiver, state)));
            expect(fewest).toBeGreaterThan(swarm.settings.uploadSlots);
          },
        });
      }),
      NUM_RUNS,
    );
  });
});

function isDealing({ pieces, settings }: Swarm, dealt: ReadonlySet<number>): boolean {
  return settings!.seeder === 'dealing' && dealt.size < pieces;
}

function downloadsOf(receiver: number, { here, serving }: SwarmState): number {
  return [SERVER, ...here].filter((sender) => serving(sender).has(receiver)).length;
}

/** Grants of machines to machines for which a rarer piece was to be had, in sentences. */
function commonPicks({ log }: WatchedSwarm, afterS = -1): string[] {
  const found: string[] = [];
  replay(log, {
    granted({ sender, receiver, piece, timeS }, state) {
      if (sender === SERVER || timeS <= afterS) return;
      const copies = (wanted: number) =>
        [...state.here].filter((peer) => peer !== receiver && state.held(peer).has(wanted)).length;
      const known = state.held(receiver).union(state.claimed(receiver));
      const fewest = Math.min(...[...state.held(sender).difference(known)].map(copies));
      if (copies(piece) === fewest) return;
      found.push(
        `machine ${receiver} took a piece with ${copies(piece)} copies, one with ${fewest} was there`,
      );
    },
  });
  return found;
}
