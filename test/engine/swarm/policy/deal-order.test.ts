import { assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DealChoice, DealOrder } from '../../../../src/engine/swarm/policy/deal-order.ts';

/** Receivers that have nothing and can all take a piece. */
function among(receivers: readonly number[], wishes: Partial<DealChoice> = {}): DealChoice {
  return {
    receivers: Int32Array.from(receivers),
    canTake: () => true,
    wealthOf: () => 0,
    isBehind: () => false,
    ...wishes,
  };
}

/** The next so many. */
function nextOf(order: DealOrder, choice: DealChoice, count = 1): number[] {
  return Array.from({ length: count }, () => order.next(choice, 0));
}

/** Where receivers have passed a piece on, after so many milliseconds. */
function where(tookMs: Readonly<Record<number, number>>): DealOrder {
  const order = new DealOrder();
  for (const [receiver, ms] of Object.entries(tookMs).map(([one, other]) => [Number(one), other] as const)) {
    order.dealt(receiver, receiver, -1000);
    order.announced(receiver, receiver, -1000);
    order.announced(receiver, 99, ms - 1000);
  }
  return order;
}

describe('to whom a seeder deals', () => {
  it('gives every receiver its turn', () => {
    expect(nextOf(new DealOrder(), among([4, 8, 15]), 6)).toEqual([4, 8, 15, 4, 8, 15]);
  });

  it('passes over those that cannot take a piece, and goes on behind the last that could', () => {
    const order = new DealOrder();
    const all = [4, 8, 15, 16];
    expect(nextOf(order, among(all, { canTake: (receiver) => receiver >= 8 }))).toEqual([8]);
    expect(nextOf(order, among(all))).toEqual([15]);
    expect(nextOf(order, among(all, { canTake: (receiver) => receiver === 4 }))).toEqual([4]);
    expect(nextOf(order, among(all))).toEqual([8]);
  });

  it('finds nobody where nobody can take a piece, and keeps the turn', () => {
    const order = new DealOrder();
    nextOf(order, among([4, 8]));
    expect(nextOf(order, among([4, 8], { canTake: () => false }))).toEqual([-1]);
    expect(nextOf(order, among([4, 8]))).toEqual([8]);
    expect(nextOf(order, among([]))).toEqual([-1]);
  });

  it.each([
    ['nothing is known of anybody', (_: readonly number[]) => new DealOrder()],
    ['all are quick', (all: readonly number[]) => where(Object.fromEntries(all.map((one) => [one, 100])))],
  ])(
    'lets nobody have two turns more than another while all can take and are as poor, where %s',
    (_, newOrder) => {
      assert(
        property(integer({ min: 1, max: 20 }), integer({ min: 1, max: 100 }), (count, turns) => {
          const had = Array<number>(count).fill(0);
          const all = [...had.keys()];
          for (const receiver of nextOf(newOrder(all), among(all), turns)) had[receiver]!++;
          expect(Math.max(...had) - Math.min(...had)).toBeLessThanOrEqual(1);
        }),
      );
    },
  );

  it('leaves those their turns of whom nothing is known, behind one that is late', () => {
    const order = where({ 4: 500, 15: 100 });
    expect(nextOf(order, among([4, 8, 15]), 6)).toEqual([15, 8, 15, 15, 8, 15]);
  });

  it('goes to the poorest at every fifth turn, of those that can take a piece and are known to pass it on', () => {
    const wealth = new Map([
      [4, 7],
      [8, 5],
      [15, 6],
      [16, 0],
    ]);
    const wealthOf = (receiver: number) => wealth.get(receiver)!;
    const known = { 4: 100, 8: 100, 15: 100 };
    expect(nextOf(where(known), among([4, 8, 15], { wealthOf }), 10)).toEqual([
      4, 8, 15, 4, 8, 15, 4, 8, 15, 8,
    ]);
    const canTake = (receiver: number) => receiver !== 8;
    expect(nextOf(where(known), among([4, 8, 15], { wealthOf, canTake }), 5)).toEqual([4, 15, 4, 15, 15]);
    expect(nextOf(where(known), among([4, 8, 15, 16], { wealthOf }), 6)).toEqual([4, 8, 15, 16, 4, 8]);
  });

  it('goes to the poorest no second time before its own turn', () => {
    const wealthOf = (receiver: number) => (receiver < 2 ? receiver : 100);
    const receivers = Array.from({ length: 12 }, (_, place) => place);
    const order = where(Object.fromEntries(receivers.map((receiver) => [receiver, 100])));
    expect(nextOf(order, among(receivers, { wealthOf }), 20)).toEqual([
      0, 1, 2, 3, 0, 5, 6, 7, 8, 1, 10, 11, 0, 1, 0, 3, 4, 5, 6, 1,
    ]);
  });

  it('counts a turn that passes while the poorest cannot take a piece as its own', () => {
    const wealthOf = (receiver: number) => receiver;
    const receivers = Array.from({ length: 8 }, (_, place) => place);
    const order = where(Object.fromEntries(receivers.map((receiver) => [receiver, 100])));
    const all = among(receivers, { wealthOf });
    expect(nextOf(order, all, 8)).toEqual([0, 1, 2, 3, 0, 5, 6, 7]);
    expect(nextOf(order, { ...all, canTake: (receiver) => receiver !== 0 })).toEqual([1]);
    expect(nextOf(order, all)).toEqual([0]);
  });

  it('goes to those last whose pieces take long to spread, be they the poorest', () => {
    const wealthOf = (receiver: number) => (receiver === 8 ? 0 : 100);
    const order = where({ 4: 100, 8: 500, 15: 120 });
    const all = among([4, 8, 15], { wealthOf });
    expect(nextOf(order, all, 4)).toEqual([4, 15, 15, 4]);
    expect(nextOf(order, { ...all, canTake: (receiver) => receiver === 8 })).toEqual([8]);
  });

  it('leaves those their turns that are to fetch what they were dealt before', () => {
    const order = where({ 4: 100, 8: 500, 15: 100 });
    const isBehind = (receiver: number) => receiver === 8;
    expect(nextOf(order, among([4, 8, 15], { isBehind }), 6)).toEqual([4, 8, 15, 4, 8, 15]);
  });

  it('looks at no more than 128 for the poorest', () => {
    const receivers = Array.from({ length: 1000 }, (_, place) => place);
    let looks = 0;
    const wealthOf = (receiver: number): number => {
      looks++;
      return 1000 - receiver;
    };
    const order = where(Object.fromEntries(receivers.map((receiver) => [receiver, 100])));
    expect(nextOf(order, among(receivers, { wealthOf }), 5)).toEqual([0, 1, 2, 3, 131]);
    expect(looks).toBeLessThanOrEqual(129);
  });
});
