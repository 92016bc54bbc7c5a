import { describe, expect, it } from 'vitest';
import { QuietSwarm } from '../../../../src/engine/swarm/policy/quiet-swarm.ts';

const BLOCK = 16_384;

/** What is said second by second, with so many peers and bytes at each. */
function saidOf(
  seconds: number,
  peersAt: (second: number) => number,
  bytesAt: (second: number) => number,
): number[] {
  const swarm = new QuietSwarm();
  const quiet: number[] = [];
  for (let second = 0; second <= seconds; second++) {
    if (swarm.isQuiet(second * 1000, { peers: peersAt(second), bytes: bytesAt(second) })) quiet.push(second);
  }
  return quiet;
}

describe('a swarm is quiet', () => {
  it('when nobody is connected for two seconds', () => {
    expect(
      saidOf(
        4,
        () => 0,
        () => 0,
      ),
    ).toEqual([2, 3, 4]);
  });

  it('not when somebody comes before they are over, or comes again', () => {
    expect(
      saidOf(
        9,
        (second) => (second % 3 === 1 ? 1 : 0),
        () => 0,
      ),
    ).toEqual([]);
  });

  it('when those who are connected bring nothing for ten seconds', () => {
    expect(
      saidOf(
        12,
        () => 3,
        () => 0,
      ),
    ).toEqual([10, 11, 12]);
  });

  it('when they bring less than a block a second', () => {
    expect(
      saidOf(
        12,
        () => 3,
        (second) => second * (BLOCK - 1),
      ),
    ).toEqual([10, 11, 12]);
    expect(
      saidOf(
        60,
        () => 3,
        (second) => second * BLOCK,
      ),
    ).toEqual([]);
  });

  it('as long as they bring nothing, whatever they had brought before and bring later', () => {
    const bytesAt = (second: number) => (Math.min(second, 20) + Math.max(0, second - 40)) * 100 * BLOCK;
    expect(saidOf(60, () => 3, bytesAt)).toEqual([30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40]);
  });
});
