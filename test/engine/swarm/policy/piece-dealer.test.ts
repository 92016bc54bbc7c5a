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

  it('hardly ever deals what another has just dealt, in an order of chance', () => {
    const [one, other] = [1, 2].map((seed) => dealAll(new PieceDealer(200, new RandomStream(seed, 'swarm'))));
    const isClose = (piece: number, place: number) => Math.abs(other!.indexOf(piece) - place) <= 2;
    expect(one!.filter(isClose).length).toBeLessThan(20);
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
