import type { MessageSwarmModel } from '../../../sim/index.ts';

/** Links of the platform that SimGrid's example runs on, `cluster_backbone.xml`: [byte/s], [s]. */
export const PLATFORM = {
  linkBps: 125e6,
  linkLatencyS: 50e-6,
  backboneBps: 2.25e9,
  backboneLatencyS: 500e-6,
};
/**
 * What SimGrid's network model (its default, LV08) makes of nominal rates and latencies: Velho and Legrand 2009, Accuracy
 * Study and Improvement of Network Simulation in the SimGrid Framework.
 */
const RATE_FACTOR = 0.97;
const LATENCY_FACTOR = 13.01;

/** Of the workload that has a goal, beside the seeder. */
const LEECHERS = 1000;

/** A swarm of which every message is simulated, and SimGrid's example `app-bittorrent` beside it. */
export const SIMGRID_WORKLOAD = {
  swarm: 'messages',
  name: 'simgrid-1000x10',
  peers: LEECHERS,
  pieces: 10,
  model: simGridModel(LEECHERS),
} as const;

/** What SimGrid 3.32's example `app-bittorrent` does, read from its source: constants, rules and habits. */
export function simGridModel(leechers: number): MessageSwarmModel {
  const latencyS = (2 * PLATFORM.linkLatencyS + PLATFORM.backboneLatencyS) * LATENCY_FACTOR;
  const linkBps = PLATFORM.linkBps * RATE_FACTOR;
  return {
    leechers,
    pieces: 10,
    blocksPerPiece: 5,
    blockBytes: 16_384,
    blocksPerRequest: 2,
    link: { upBps: linkBps, downBps: linkBps },
    backboneBps: PLATFORM.backboneBps * RATE_FACTOR,
    latencyS,
    readEveryS: 1,
    joinEveryS: 1,
    neighbours: 50,
    choker: { kind: 'rotation' },
    firstRoundS: 30,
    roundS: 30,
    unchokeLasts: 'onePiece',
    randomFirst: 4,
    hasEndgame: true,
  };
}
