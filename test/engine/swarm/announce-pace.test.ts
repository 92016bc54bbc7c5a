import { describe, expect, it } from 'vitest';
import { AnnouncePace } from '../../../src/engine/swarm/announce-pace.ts';

/** The seconds at which it asks, looked at ten times a second. */
function askedAt(lossesS: readonly number[], untilS: number): number[] {
  const pace = new AnnouncePace(0);
  const asked: number[] = [];
  for (let look = 1; look <= 10 * untilS; look++) {
    if (pace.isDue(look * 100)) asked.push(look / 10);
    if (lossesS.includes(look / 10)) pace.lostPeer(look * 100);
  }
  return asked;
}

describe('the tracker is asked for further peers', () => {
  it('every half minute', () => {
    expect(askedAt([], 100)).toEqual([30, 60, 90]);
  });

  it('soon after a peer was lost, and then less and less often', () => {
    const asked = askedAt([10], 500);
    expect(asked.slice(0, 7)).toEqual([12, 14.2, 16.7, 19.4, 22.4, 25.7, 29.3]);
    expect(asked.at(-1)! - asked.at(-2)!).toBe(30);
  });

  it('a tenth later at most, and two seconds, than somebody who was away came back', () => {
    const asked = askedAt([10], 400);
    for (let awayS = 1; awayS < 200; awayS++) {
      const found = asked.find((second) => second >= 10 + awayS)!;
      expect(found - 10).toBeLessThanOrEqual(1.1 * awayS + 2.2);
    }
  });

  it('when it says that it will', () => {
    const pace = new AnnouncePace(0);
    pace.lostPeer(500);
    expect([pace.dueMs, pace.isDue(2499), pace.isDue(2500)]).toEqual([2500, false, true]);
    expect([pace.dueMs, pace.isDue(4699), pace.isDue(4700)]).toEqual([4700, false, true]);
  });

  it('no more often than that where many are lost at a time', () => {
    expect(askedAt([10, 11, 12, 13], 20)).toEqual([12, 14, 16.2, 18.7]);
  });
});
