import { describe, expect, it } from 'vitest';
import { AnnouncePace } from '../../../src/engine/swarm/announce-pace.ts';

/** The seconds at which it asks, looked at once a second. */
function askedAt(lossesS: readonly number[], untilS: number): number[] {
  const pace = new AnnouncePace(0);
  const asked: number[] = [];
  for (let second = 1; second <= untilS; second++) {
    if (pace.isDue(second * 1000)) asked.push(second);
    if (lossesS.includes(second)) pace.lostPeer(second * 1000);
  }
  return asked;
}

describe('the tracker is asked for further peers', () => {
  it('every half minute', () => {
    expect(askedAt([], 100)).toEqual([30, 60, 90]);
  });

  it('soon after a peer was lost, and then less and less often', () => {
    expect(askedAt([10], 130)).toEqual([12, 16, 24, 40, 70, 100, 130]);
  });

  it('no more often than that where many are lost at a time', () => {
    expect(askedAt([10, 11, 12, 13], 20)).toEqual([12, 14, 18]);
  });
});
