import { assert, double, integer, nat, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../src/sim/kernel/random-stream.ts';
import { multicastRounds } from '../../../src/sim/transport/multicast-rounds.ts';

const sessions = record({
  receivers: integer({ min: 1, max: 12 }),
  packets: integer({ min: 1, max: 300 }),
  loss: double({ min: 0, max: 0.7, noNaN: true }),
  randomSeed: nat(),
});

function roundsOf({ receivers, packets, loss, randomSeed }: Record<string, number>) {
  const stream = new RandomStream(randomSeed!, 'loss');
  return [...multicastRounds(new Set(Array(receivers!).keys()), packets!, { loss: loss!, stream })];
}

describe('multicast rounds', () => {
  it('without loss are one round, after which all are complete', () => {
    expect(roundsOf({ receivers: 3, packets: 10, loss: 0, randomSeed: 1 })).toEqual([
      { packets: 10, completed: [0, 1, 2].map((receiver) => ({ receiver, afterPackets: 10 })) },
    ]);
  });

  it('complete every receiver once', () => {
    assert(
      property(sessions, (session) => {
        const completed = roundsOf(session).flatMap((round) =>
          round.completed.map(({ receiver }) => receiver),
        );
        expect(completed.toSorted((a, b) => a - b)).toEqual([...Array(session.receivers).keys()]);
      }),
    );
  });

  it('carry every packet first, then fewer or as many as the round before, and end with a completion', () => {
    assert(
      property(sessions, (session) => {
        const rounds = roundsOf(session);
        const sent = rounds.map(({ packets }) => packets);
        expect(sent[0]).toBe(session.packets);
        expect(sent).toEqual(sent.toSorted((a, b) => b - a));
        expect(rounds.at(-1)!.completed.length).toBeGreaterThan(0);
      }),
    );
  });

  it('complete no receiver before the first packet of a round or after its last', () => {
    assert(
      property(sessions, (session) => {
        for (const { packets, completed } of roundsOf(session)) {
          for (const { afterPackets } of completed) {
            expect(afterPackets).toBeGreaterThanOrEqual(1);
            expect(afterPackets).toBeLessThanOrEqual(packets);
          }
        }
      }),
    );
  });

  it('carry nothing for a receiver that was taken out before', () => {
    const receivers = new Set(Array(10).keys());
    const rounds = multicastRounds(receivers, 100, { loss: 0.5, stream: new RandomStream(1, 'loss') });
    expect(rounds.next().value!.completed).toEqual([]);
    for (const receiver of Array(9).keys()) receivers.delete(receiver);
    const [second, ...others] = [...rounds];
    // Of 100 packets somebody of ten lacks all but a tenth of one, and one of them half.
    expect(second!.packets).toBeLessThan(75);
    expect(
      [second!, ...others].flatMap(({ completed }) => completed.map(({ receiver }) => receiver)),
    ).toEqual([9]);
  });

  it('lose the given share of packets', () => {
    // A single receiver lacks a binomial number of packets after the first round.
    const [packets, loss] = [1_000_000, 0.01];
    const lacking = roundsOf({ receivers: 1, packets, loss, randomSeed: 1 })[1]!.packets;
    const sigma = Math.sqrt(packets * loss * (1 - loss));
    expect(Math.abs(lacking - packets * loss)).toBeLessThan(3 * sigma);
  });
});
