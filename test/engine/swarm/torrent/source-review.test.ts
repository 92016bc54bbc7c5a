import { describe, expect, it } from 'vitest';
import { FixedPipeline } from '../../../../src/engine/swarm/policy/request-pipeline.ts';
import { type Neighbour, newNeighbour } from '../../../../src/engine/swarm/torrent/neighbour.ts';
import { SourceReview } from '../../../../src/engine/swarm/torrent/source-review.ts';

const MIB = 2 ** 20;

/** Sources 1, 2, ... that owe us blocks all the time. */
function sources(count: number) {
  const neighbours = new Map<number, Neighbour>();
  for (let peer = 1; peer <= count; peer++) {
    const neighbour = newNeighbour({ peer, hasFast: true, pipeline: new FixedPipeline(1) }, 1);
    neighbour.askedBlocks = 1;
    neighbours.set(peer, neighbour);
  }
  const review = new SourceReview((neighbour, isWeak) => {
    neighbour.isWeak = isWeak;
  });
  let nowMs = 0;
  const look = (): void => {
    nowMs += 1000;
    review.ticked(neighbours, nowMs);
  };
  look();
  /** @returns who is weak after a second in which they gave so much */
  const afterASecondOf = (...bytes: number[]): number[] => {
    for (const [place, given] of bytes.entries()) neighbours.get(place + 1)!.givenBytes += given;
    look();
    return [...neighbours.values()].filter(({ isWeak }) => isWeak).map(({ peer }) => peer);
  };
  return { neighbours, afterASecondOf };
}

describe('a look at the sources', () => {
  it('finds those weak that give less than a sixteenth of the best', () => {
    expect(sources(3).afterASecondOf(16 * MIB, MIB, MIB - 1)).toEqual([3]);
  });

  it('takes it back when they give more', () => {
    const { afterASecondOf } = sources(2);
    expect(afterASecondOf(16 * MIB, 0)).toEqual([2]);
    expect(afterASecondOf(16 * MIB, MIB)).toEqual([]);
  });

  it('says nothing of a few blocks', () => {
    expect(sources(2).afterASecondOf(MIB / 4, 0)).toEqual([]);
  });

  it('remembers for a while what the best gave: all that are left may be weak', () => {
    const { neighbours, afterASecondOf } = sources(3);
    expect(afterASecondOf(16 * MIB, MIB, MIB)).toEqual([]);
    neighbours.delete(1);
    expect(afterASecondOf()).toEqual([2, 3]);
  });

  it('gets used to lines that have become slower', () => {
    const { afterASecondOf } = sources(2);
    expect(afterASecondOf(64 * MIB, 64 * MIB)).toEqual([]);
    for (let second = 0; second < 20; second++) afterASecondOf(MIB, MIB);
    expect(afterASecondOf(MIB, MIB)).toEqual([]);
  });
});
