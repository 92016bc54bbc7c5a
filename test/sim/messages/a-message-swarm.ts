import type { MessageSwarmModel } from '../../../src/sim/messages/message-swarm-model.ts';

/** A classic swarm in which a block takes a second: what a test cares about is laid over it. */
export function aMessageSwarm(wishes: Partial<MessageSwarmModel> = {}): MessageSwarmModel {
  return {
    leechers: 1,
    pieces: 2,
    blocksPerPiece: 2,
    blockBytes: 1000,
    blocksPerRequest: 1,
    link: { upBps: 1000, downBps: Number.POSITIVE_INFINITY },
    backboneBps: Number.POSITIVE_INFINITY,
    latencyS: 0.125,
    readEveryS: 0,
    joinEveryS: 0,
    neighbours: 50,
    choker: { kind: 'classic', slots: 4 },
    firstRoundS: 1,
    roundS: 10,
    unchokeLasts: 'untilChoke',
    randomFirst: 0,
    hasEndgame: false,
    ...wishes,
  };
}
