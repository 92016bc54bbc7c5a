import { describe, expect, it } from 'vitest';
import { ArrivingPieces } from '../../../../src/engine/swarm/torrent/arriving-pieces.ts';

/** Pieces 0, 1, 2 were handed over to receivers 10, 10 and 11 at time 0. */
function threeArriving(): ArrivingPieces {
  const pieces = new ArrivingPieces();
  pieces.add(0, 10, 0);
  pieces.add(1, 10, 0);
  pieces.add(2, 11, 0);
  return pieces;
}

describe('pieces that have been handed over', () => {
  it('count until somebody has them', () => {
    const pieces = threeArriving();
    expect(pieces.count(100)).toBe(3);
    pieces.arrived(1, 100);
    pieces.arrived(7, 100);
    expect(pieces.count(100)).toBe(2);
    expect(pieces.isAnyWaitedFor).toBe(true);
  });

  it('do not count in the first moment: on quick links more is on its way', () => {
    const pieces = threeArriving();
    expect(pieces.count(4)).toBe(0);
    expect(pieces.count(5)).toBe(3);
    expect(pieces.isAnyWaitedFor).toBe(true);
  });

  it('are all there when their receiver wants nothing any more', () => {
    const pieces = threeArriving();
    pieces.allArrived(10, 100);
    expect(pieces.count(100)).toBe(1);
  });

  it('are not waited for when their receiver has gone', () => {
    const pieces = threeArriving();
    pieces.forget(10);
    pieces.forget(11);
    expect(pieces.isAnyWaitedFor).toBe(false);
  });

  it('of who says nothing for four seconds are not waited for, nor later ones, until something of it is there', () => {
    const pieces = threeArriving();
    pieces.ticked(4_000);
    expect(pieces.count(4_000)).toBe(3);
    pieces.ticked(4_001);
    expect(pieces.isAnyWaitedFor).toBe(false);
    pieces.add(3, 10, 4_001);
    expect(pieces.count(5_000)).toBe(0);
    pieces.arrived(0, 5_000);
    expect(pieces.count(5_000)).toBe(1);
    pieces.add(4, 10, 5_000);
    expect(pieces.count(5_100)).toBe(2);
  });

  it.each([
    ['half a second where they are there at once', 10, 500],
    ['three times as long as they take', 1_000, 3_000],
    ['a quarter of a minute at most', 60_000, 15_000],
  ])('are waited for for %s', (_name, tookMs, patienceMs) => {
    const pieces = new ArrivingPieces();
    for (let time = 0; time < 200; time++) {
      pieces.add(0, 10, time * tookMs);
      pieces.arrived(0, (time + 1) * tookMs);
    }
    pieces.add(0, 10, 0);
    pieces.ticked(0.99 * patienceMs);
    expect(pieces.isAnyWaitedFor).toBe(true);
    pieces.ticked(1.02 * patienceMs);
    expect(pieces.isAnyWaitedFor).toBe(false);
  });
});
