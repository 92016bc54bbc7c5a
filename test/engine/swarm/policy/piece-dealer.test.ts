import { assert, integer, nat, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PieceDealer } from '../../../../src/engine/swarm/policy/piece-dealer.ts';
import { PieceSet } from '../../../../src/engine/swarm/policy/piece-set.ts';
import { RandomStream } from '../../../../src/sim/kernel/random-stream.ts';

/** What a receiver holds that has nothing. */
const NOTHING = new PieceSet(200);

/** Deals until nothing is fresh. */
function dealAll(dealer: PieceDealer): number[] {
  const dealt: number[] = [];
  while (dealer.hasFresh()) dealt.push(dealer.deal(NOTHING, 0));
  return dealt;
}

/** By dealers side by side, one piece each in turn, up to when all have heard of all pieces. @returns pieces in all */
function dealtBySeveral(count: number, pieces: number, randomSeed: number): number {
  const dealers = Array.from(
    { length: count },
    (_, number) => new PieceDealer(pieces, new RandomStream(count * randomSeed + number, 'swarm')),
  );
  const dealt: number[] = [];
  while (dealers.some((dealer) => dealer.hasFresh())) {
    for (const dealer of dealers) {
      if (dealer.hasFresh()) dealt.push(dealer.deal(new PieceSet(pieces), 0));
      const heard = dealt.at(-4 * count);
      if (heard !== undefined) for (const one of dealers) one.pass(heard, 0);
    }
  }
  return dealt.length;
}

describe('piece dealer', () => {
  it('deals each piece once, and then has none that is fresh', () => {
    assert(
      property(integer({ min: 0, max: 200 }), (pieces) => {
        expect(dealAll(new PieceDealer(pieces)).toSorted((a, b) => a - b)).toEqual([...Array(pieces).keys()]);
      }),
    );
  });

  it('deals each piece once in an order of chance as well', () => {
    assert(
      property(integer({ min: 0, max: 200 }), nat(), (pieces, randomSeed) => {
        const dealt = dealAll(new PieceDealer(pieces, new RandomStream(randomSeed, 'swarm')));
        expect(dealt.toSorted((a, b) => a - b)).toEqual([...Array(pieces).keys()]);
      }),
    );
  });

  it.each([
    ['in the order of the image', () => undefined],
    ['in an order of chance', (randomSeed: number) => new RandomStream(randomSeed, 'swarm')],
  ])('comes to the end of a row of 32 pieces before it begins another: %s', (_, chanceOf) => {
    assert(
      property(integer({ min: 1, max: 200 }), nat(), (pieces, randomSeed) => {
        const rows = dealAll(new PieceDealer(pieces, chanceOf(randomSeed))).map((piece) => piece >> 5);
        const begun = rows.filter((row, place) => row !== rows[place - 1]);
        expect(begun).toHaveLength(new Set(rows).size);
      }),
    );
  });

  it.each([
    // 1.14 where each piece is drawn by itself.
    [256, 1.1],
    [2000, 1.015],
  ])(
    'of %i pieces deals few that another beside it deals, of which it hears four pieces later',
    (pieces, most) => {
      const seeds = Array.from({ length: 40 }, (_, index) => index);
      const dealt = seeds.map((seed) => dealtBySeveral(2, pieces, seed));
      expect(dealt.reduce((sum, count) => sum + count) / seeds.length).toBeLessThan(most * pieces);
    },
  );

  it('deals what was taken back when it is through with a row', () => {
    const dealer = new PieceDealer(200);
    for (let piece = 0; piece < 70; piece++) expect(dealer.deal(NOTHING, 0)).toBe(piece);
    dealer.takeBack(7);
    const next = Array.from({ length: 28 }, () => dealer.deal(NOTHING, 0));
    expect(next.slice(-2)).toEqual([7, 96]);
  });

  it('deals a piece again that was taken back', () => {
    const dealer = new PieceDealer(3);
    const first = dealer.deal(NOTHING, 0);
    dealer.takeBack(first);
    expect(dealAll(dealer).toSorted((a, b) => a - b)).toEqual([0, 1, 2]);
  });

  it('has something fresh again when a piece is taken back after the last was dealt', () => {
    const dealer = new PieceDealer(3);
    dealAll(dealer);
    dealer.takeBack(1);
    expect(dealer.hasFresh()).toBe(true);
    expect(dealAll(dealer)).toEqual([1]);
  });

  it('does not deal a piece twice that was taken back twice', () => {
    const dealer = new PieceDealer(1);
    dealer.deal(NOTHING, 0);
    dealer.takeBack(0);
    dealer.takeBack(0);
    expect(dealAll(dealer)).toEqual([0]);
  });

  it('goes on until a copy of everything is in the swarm', () => {
    const dealer = new PieceDealer(2);
    dealAll(dealer);
    dealer.pass(0, 100);
    expect(dealer.isGoingOn()).toBe(true);
    dealer.pass(1, 100);
    expect(dealer.isGoingOn()).toBe(false);
  });

  it('does not wait for a piece that takes more than twice as long as usual, once nothing is fresh', () => {
    const dealer = new PieceDealer(3);
    dealAll(dealer);
    dealer.pass(0, 100);
    dealer.pass(1, 100);
    dealer.passLate(200);
    expect(dealer.isGoingOn()).toBe(true);
    dealer.passLate(201);
    expect(dealer.isGoingOn()).toBe(false);
  });

  it('waits for what is late while there is something else to deal', () => {
    const dealer = new PieceDealer(3);
    dealer.deal(NOTHING, 0);
    dealer.deal(NOTHING, 0);
    dealer.pass(0, 100);
    dealer.passLate(1000);
    expect(dealer.deal(NOTHING, 1000)).toBe(2);
    dealer.pass(2, 1100);
    dealer.passLate(1100);
    expect(dealer.isGoingOn()).toBe(false);
  });
});
