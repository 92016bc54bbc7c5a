import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SIMGRID_WORKLOAD, simGridModel } from '../../../src/bench/sim-bench/simgrid/simgrid-workload.ts';
import { simulateMessages } from '../../../src/sim/messages/message-swarm.ts';
import type { MessageSwarmModel } from '../../../src/sim/messages/message-swarm-model.ts';
import { aMessageSwarm } from './a-message-swarm.ts';

const bytesOf = ({ pieces, blocksPerPiece, blockBytes }: MessageSwarmModel) =>
  pieces * blocksPerPiece * blockBytes;
const sum = (values: Iterable<number>) => [...values].reduce((all, value) => all + value, 0);

describe('two peers, computed by hand', () => {
  // The tracker's answer, handshake, handshake and bitfield, interested: four latencies, and the round is at 1.125 s.
  const LATENCY_S = 0.125;
  const UNCHOKE_READ_S = LATENCY_S + 1 + LATENCY_S;

  it('every request and every piece message pays its latency, and a block its second on the link', () => {
    const { doneS } = simulateMessages(aMessageSwarm(), 1);
    expect([...doneS]).toEqual([0, UNCHOKE_READ_S + 4 * (LATENCY_S + 1 + LATENCY_S)]);
  });

  it('a request for two blocks saves a round trip', () => {
    const { doneS } = simulateMessages(aMessageSwarm({ blocksPerRequest: 2 }), 1);
    expect(doneS[1]).toBe(UNCHOKE_READ_S + 2 * (LATENCY_S + 2 + LATENCY_S));
  });

  it('a piece of three blocks takes a request of two and one of one', () => {
    const swarm = aMessageSwarm({ pieces: 1, blocksPerPiece: 3, blocksPerRequest: 2 });
    const { doneS, messages } = simulateMessages(swarm, 1);
    expect(doneS[1]).toBe(UNCHOKE_READ_S + 3 + 4 * LATENCY_S);
    expect(messages).toMatchObject({ request: 2, piece: 2 });
  });

  it('the messages are those of BEP 3, and no more', () => {
    expect(simulateMessages(aMessageSwarm(), 1).messages).toEqual({
      handshake: 2,
      bitfield: 2,
      interested: 1,
      notInterested: 1,
      choke: 0,
      // The other one is optimistic: the leecher's, to a seeder that wants nothing.
      unchoke: 2,
      have: 2,
      request: 4,
      piece: 4,
    });
  });

  it('peers that read once a second handle a message at the next second', () => {
    // They read at 0.125 s and every second from there on: the round of 1.125 s is heard of at 2.125, and of each
    // request the uploader reads a second later; its block leaves a second after that and is read at the next second.
    const { doneS } = simulateMessages(aMessageSwarm({ readEveryS: 1, firstRoundS: 3 }), 1);
    expect(doneS[1]).toBe(0.125 + 4 + 4 * 3);
  });

  it('an unchoke that is good for one piece waits for another after each', () => {
    const swarm = aMessageSwarm({ choker: { kind: 'rotation' }, unchokeLasts: 'onePiece' });
    const { doneS, messages } = simulateMessages(swarm, 1);
    // Rounds at 1.125, 11.125 (chokes), 21.125 (unchokes).
    expect(doneS[1]).toBe(21.125 + LATENCY_S + 2 * (1 + 2 * LATENCY_S));
    expect(messages).toMatchObject({ unchoke: 2, choke: 1 });
  });

  it('a choke comes behind the block that is on its way, which is of use', () => {
    // A block takes 30 s, a round is each 10 s: chokes and unchokes fall into the transfer.
    const swarm = aMessageSwarm({ choker: { kind: 'rotation' }, link: { upBps: 1000 / 30, downBps: 1000 } });
    const { messages, wastedBytes } = simulateMessages(swarm, 1);
    expect(messages.piece).toBe(4);
    expect(wastedBytes).toBe(0);
  });
});

describe('any swarm', () => {
  const anySwarm = fc
    .record({
      leechers: fc.integer({ min: 1, max: 25 }),
      pieces: fc.integer({ min: 1, max: 40 }),
      blocksPerPiece: fc.integer({ min: 1, max: 4 }),
      blocksPerRequest: fc.integer({ min: 1, max: 3 }),
      link: fc.constantFrom(
        { upBps: 1000, downBps: 1000 },
        { upBps: 1000, downBps: Number.POSITIVE_INFINITY },
      ),
      backboneBps: fc.constantFrom(Number.POSITIVE_INFINITY, 2500),
      latencyS: fc.constantFrom(0, 0.01, 0.5),
      readEveryS: fc.constantFrom(0, 1),
      joinEveryS: fc.constantFrom(0, 1, 0.3),
      neighbours: fc.integer({ min: 2, max: 30 }),
      choker: fc.constantFrom<MessageSwarmModel['choker']>(
        { kind: 'rotation' },
        { kind: 'classic', slots: 4 },
        { kind: 'classic', slots: 2 },
      ),
      firstRoundS: fc.constantFrom(0, 2, 30),
      roundS: fc.constantFrom(3, 10),
      unchokeLasts: fc.constantFrom<MessageSwarmModel['unchokeLasts']>('onePiece', 'untilChoke'),
      randomFirst: fc.constantFrom(0, 4),
      hasEndgame: fc.boolean(),
    })
    // With one piece an unchoke and no rotation nobody would be unchoked a second time.
    .filter(({ choker, unchokeLasts }) => choker.kind === 'rotation' || unchokeLasts === 'untilChoke')
    // Rounds of three seconds can be over whenever a request has been read.
    .filter(({ readEveryS, roundS }) => readEveryS === 0 || roundS > 3)
    .map((wishes) => aMessageSwarm(wishes));

  // Two that never ended: a request came between a choke and an unchoke of which its sender did not hear.
  const CHOKED_AND_UNCHOKED: [MessageSwarmModel, number][] = [
    [
      aMessageSwarm({
        ...{
          leechers: 17,
          pieces: 38,
          blocksPerPiece: 4,
          blocksPerRequest: 2,
          neighbours: 5,
          randomFirst: 4,
        },
        ...{ link: { upBps: 1000, downBps: Number.POSITIVE_INFINITY }, backboneBps: 2500, latencyS: 0.01 },
        ...{ readEveryS: 1, joinEveryS: 1, firstRoundS: 2, roundS: 3, choker: { kind: 'rotation' } },
        ...{ unchokeLasts: 'untilChoke', hasEndgame: false },
      }),
      999,
    ],
    [
      aMessageSwarm({
        ...{
          leechers: 16,
          pieces: 27,
          blocksPerPiece: 4,
          blocksPerRequest: 3,
          neighbours: 4,
          randomFirst: 4,
        },
        ...{ link: { upBps: 1000, downBps: 1000 }, backboneBps: 2500, latencyS: 0, readEveryS: 1 },
        ...{ joinEveryS: 0, firstRoundS: 30, roundS: 3, choker: { kind: 'classic', slots: 4 } },
        ...{ unchokeLasts: 'untilChoke', hasEndgame: false },
      }),
      10,
    ],
  ];

  it('ends with everything everywhere, every block counted once, and each message sent for a reason', () => {
    fc.assert(
      fc.property(anySwarm, fc.integer({ min: 1, max: 1000 }), (swarm, randomSeed) => {
        const { doneS, messages, ...bytes } = simulateMessages(swarm, randomSeed);
        expect(doneS.every(Number.isFinite)).toBe(true);
        expect([...bytes.downloadedBytes.subarray(1)]).toEqual(Array(swarm.leechers).fill(bytesOf(swarm)));
        expect(sum(bytes.uploadedBytes)).toBe(sum(bytes.downloadedBytes) + bytes.wastedBytes);
        expect(messages.handshake).toBe(messages.bitfield);
        expect(messages.interested).toBe(messages.notInterested);
        expect(messages.piece).toBeLessThanOrEqual(messages.request);
        expect(messages.choke).toBeLessThanOrEqual(messages.unchoke);
      }),
      { numRuns: 200, examples: CHOKED_AND_UNCHOKED },
    );
  });

  it('goes the same way twice, and another way with another random seed', () => {
    const swarm = simGridModel(40);
    const digests = [1, 1, 2].map((randomSeed) => simulateMessages(swarm, randomSeed).traceDigest);
    expect(digests[1]).toBe(digests[0]);
    expect(digests[2]).not.toBe(digests[0]);
  });

  it('tells who joined, received pieces and had everything', () => {
    const swarm = aMessageSwarm({ leechers: 5, pieces: 7 });
    const kinds = new Map<string, number>();
    simulateMessages(swarm, 1, ({ kind }) => kinds.set(kind, (kinds.get(kind) ?? 0) + 1));
    expect(Object.fromEntries(kinds)).toEqual({ joined: 6, pieceReceived: 35, downloaded: 5 });
  });

  it('comes to an end where every request is read a moment after its choke', () => {
    const { doneS } = simulateMessages(
      aMessageSwarm({
        ...{ leechers: 19, pieces: 3, blocksPerPiece: 3, blocksPerRequest: 1, neighbours: 5, randomFirst: 4 },
        ...{ link: { upBps: 1000, downBps: Number.POSITIVE_INFINITY }, latencyS: 0.01, readEveryS: 1 },
        ...{ joinEveryS: 1, firstRoundS: 2, roundS: 3, choker: { kind: 'rotation' } },
        ...{ unchokeLasts: 'untilChoke', hasEndgame: false },
      }),
      6,
    );
    // A thousand rounds in vain, and then the choke that comes no more.
    expect(Math.max(...doneS)).toBeGreaterThan(1000 * 3);
  });

  it('is refused where a setting makes no sense, by its name', () => {
    expect(() => simulateMessages(aMessageSwarm({ pieces: 0 }), 1)).toThrow(/^pieces: found 0/);
    expect(() => simulateMessages(aMessageSwarm({ roundS: 0 }), 1)).toThrow(/^roundS: found 0/);
    expect(() => simulateMessages(aMessageSwarm({ link: { upBps: 0, downBps: 1 } }), 1)).toThrow(
      /link\.upBps/,
    );
    expect(() => simulateMessages(aMessageSwarm({ pieces: 2 ** 20, blocksPerPiece: 2 ** 8 }), 1)).toThrow(
      /at most/,
    );
  });
});

describe('the swarm of SimGrid’s example', () => {
  it('is done about a second after the last peer has asked the tracker and been unchoked: 1,020 to 1,060 s', () => {
    const { doneS, messages } = simulateMessages(SIMGRID_WORKLOAD.model, 1);
    expect(Math.max(...doneS)).toBeGreaterThan(1020);
    expect(Math.max(...doneS)).toBeLessThan(1060);
    expect(doneS).toHaveLength(1001);
    // Everybody after the fiftieth is told of fifty peers: two handshakes and two bitfields on each connection.
    expect(messages.handshake).toBe(2 * (50 * 1001 - (50 * 51) / 2));
    expect(messages.bitfield).toBe(messages.handshake);
  });
});
