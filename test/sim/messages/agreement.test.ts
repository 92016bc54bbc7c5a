/** The message-level swarm against the piece-level one, where both model the same: classic choking, a piece a request. */
import { describe, expect, it } from 'vitest';
import { simulateMessages } from '../../../src/sim/messages/message-swarm.ts';
import { simulate } from '../../../src/sim/simulate.ts';
import { aModel, aSwarm, PIECE_BYTES } from '../a-model.ts';
import { makespanS } from '../readings.ts';
import { aMessageSwarm } from './a-message-swarm.ts';

const LEECHERS = 20;
const LATENCY_S = 0.001;
const SEEDS = Array.from({ length: 20 }, (_, place) => place + 1);
const NEIGHBOURS = 24;
const mean = (values: readonly number[]) => values.reduce((all, value) => all + value, 0) / values.length;

/** Means over the random seeds of makespan over the time of a copy: piece by piece, and message by message. */
function bothMeans(pieces: number, pieceS: number): readonly [pieceLevel: number, messageLevel: number] {
  const link = { upBps: PIECE_BYTES / pieceS, downBps: PIECE_BYTES / pieceS };
  const policies = {
    choker: 'classic',
    seeder: 'plain',
    handout: 'random',
    seederSlots: 4,
    randomFirst: 4,
  } as const;
  const byPiece = aModel({
    machines: LEECHERS,
    pieces,
    link,
    latencyS: LATENCY_S,
    transport: aSwarm({ ...policies, uploadSlots: 4, neighbours: NEIGHBOURS, picker: 'rarest' }),
  });
  const byMessage = aMessageSwarm({
    leechers: LEECHERS,
    pieces,
    blocksPerPiece: 1,
    blockBytes: PIECE_BYTES,
    link,
    latencyS: LATENCY_S,
    neighbours: NEIGHBOURS,
    // Who is interested is known four latencies after all have joined.
    firstRoundS: 4 * LATENCY_S,
    randomFirst: 4,
  });
  const copyS = pieces * pieceS;
  return [
    mean(SEEDS.map((seed) => makespanS(simulate(byPiece, seed)) / copyS)),
    mean(SEEDS.map((seed) => Math.max(...simulateMessages(byMessage, seed).doneS) / copyS)),
  ];
}

describe('20 peers, equal links, four slots, rounds of ten seconds, means of 20 random seeds', () => {
  it.each([
    { pieces: 256, pieceS: 0.084, round: '119 pieces' },
    { pieces: 128, pieceS: 0.84, round: '12 pieces' },
  ])('where a round lasts as long as $round the two agree within 6 %', ({ pieces, pieceS }) => {
    const [pieceLevel, messageLevel] = bothMeans(pieces, pieceS);
    expect(Math.abs(messageLevel / pieceLevel - 1)).toBeLessThan(0.06);
  });
});
