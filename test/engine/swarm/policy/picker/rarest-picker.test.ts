import { assert, nat, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RarestPicker } from '../../../../../src/engine/swarm/policy/picker/rarest-picker.ts';
import { PieceSet } from '../../../../../src/engine/swarm/policy/piece-set.ts';
import { RandomStream } from '../../../../../src/sim/kernel/random-stream.ts';
import { anySteps, countPicks, Neighbourhood, setOf, sigmasOffEqual } from './a-neighbourhood.ts';
import { countArrays } from './counted-arrays.ts';

const PIECES = 70;

const aPicker = (pieces = PIECES, randomSeed = 1) =>
  new RarestPicker(pieces, new RandomStream(randomSeed, 'swarm'));

function announce(picker: RarestPicker, copies: Readonly<Record<number, number>>): void {
  for (const [piece, count] of Object.entries(copies)) {
    for (let copy = 0; copy < count; copy++) picker.announced(Number(piece));
  }
}

describe('rarest first by buckets', () => {
  it('picks the piece that the fewest neighbours have', () => {
    const picker = aPicker();
    announce(picker, { 3: 20, 40: 7, 69: 20, 12: 1 });
    expect(picker.pick(setOf(PIECES, [3, 40, 69]))).toBe(40);
  });

  it('tells hundreds of copies apart', () => {
    const picker = aPicker();
    announce(picker, { 3: 400, 40: 257, 69: 300 });
    const offered = setOf(PIECES, [3, 40, 69]);
    expect(picker.pick(offered)).toBe(40);
    picker.claimed(40);
    expect(picker.pick(offered)).toBe(69);
    for (let copy = 0; copy < 150; copy++) picker.lost(3);
    expect(picker.pick(offered)).toBe(3);
  });

  it('never leaves a rarer wanted piece, whatever happened before', () => {
    assert(
      property(anySteps(PIECES), nat(), (steps, randomSeed) => {
        const [picker, swarm] = [aPicker(PIECES, randomSeed), new Neighbourhood(PIECES)];
        for (const step of steps) {
          const picked = swarm.take(step, picker);
          if (step.kind !== 'picked') continue;
          const wanted = swarm.wantedOf(step.neighbour);
          const fewest = Math.min(...wanted.map((piece) => swarm.copiesOf(piece)));
          const rarest = wanted.filter((piece) => swarm.copiesOf(piece) === fewest);
          expect(rarest.length === 0 ? [-1] : rarest).toContain(picked);
          if (step.isClaimed && picked !== -1) swarm.take({ kind: 'claimed', piece: picked! }, picker);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('chooses between equals by chance, however they came to be equal', () => {
    const draws = 20_000;
    const picker = aPicker();
    announce(picker, { 0: 2, 9: 2, 33: 1, 34: 3, 64: 3, 65: 2 });
    picker.announced(33);
    picker.lost(34);
    picker.claimed(64);
    picker.lost(64);
    picker.released(64);
    const offered = setOf(PIECES, [0, 9, 33, 34, 64]);
    const counts = countPicks(picker, offered, draws);
    expect(new Set(counts.keys())).toEqual(new Set(offered));
    expect(sigmasOffEqual(counts, 5, draws)).toBeLessThan(5);
  });

  it('picks the same for the same random seed, and another way for another', () => {
    const picksOf = (randomSeed: number) => {
      const picker = aPicker(PIECES, randomSeed);
      const all = PieceSet.full(PIECES);
      return Array.from({ length: PIECES }, () => {
        const piece = picker.pick(all);
        picker.claimed(piece);
        return piece;
      });
    };
    expect(picksOf(1)).toEqual(picksOf(1));
    expect(picksOf(1)).not.toEqual(picksOf(2));
    expect(picksOf(1).toSorted((a, b) => a - b)).toEqual([...Array(PIECES).keys()]);
  });

  it('needs no announcement of what an uploader has that has everything', () => {
    const picker = aPicker();
    announce(picker, { 5: 1 });
    for (let picks = 1; picks < PIECES; picks++) {
      const piece = picker.pick(PieceSet.full(PIECES));
      expect(piece).not.toBe(5);
      picker.claimed(piece);
    }
    expect(picker.pick(PieceSet.full(PIECES))).toBe(5);
  });

  it('does not mind what is claimed or released twice', () => {
    const picker = aPicker(2);
    announce(picker, { 0: 1, 1: 1 });
    picker.claimed(0);
    picker.claimed(0);
    expect(picker.pick(setOf(2, [0]))).toBe(-1);
    picker.released(0);
    picker.released(0);
    picker.claimed(1);
    expect(picker.pick(PieceSet.full(2))).toBe(0);
  });

  it('picks a piece first that became rare, or common, while it was taken', () => {
    const picker = aPicker(4);
    announce(picker, { 0: 1, 1: 3, 2: 5, 3: 3 });
    // Whoever has only piece 2 makes the picker look for it up to its bucket.
    picker.pick(setOf(4, [2]));
    picker.claimed(2);
    picker.claimed(0);
    for (let copy = 0; copy < 3; copy++) picker.lost(2);
    for (let copy = 0; copy < 3; copy++) picker.announced(0);
    picker.released(2);
    picker.released(0);
    const picked = [0, 1, 2, 3].map(() => {
      const piece = picker.pick(PieceSet.full(4));
      picker.claimed(piece);
      return piece;
    });
    expect([picked[0], picked[3]]).toEqual([2, 0]);
  });

  it('goes on beyond the number of pieces that fit into 16 bits', () => {
    const pieces = 70_000;
    const picker = aPicker(pieces);
    announce(picker, { 69999: 1, 65535: 2, 65536: 1 });
    picker.claimed(69_999);
    expect(picker.pick(setOf(pieces, [69_999, 65_536, 65_535]))).toBe(65_536);
  });
});

describe('the cost of rarest first by buckets', () => {
  const [SMALL, LARGE] = [64, 16_384];

  /** Most accesses by kind of event, in a random life of a receiver. */
  function mostAccesses(pieces: number): Record<string, number> {
    const everything = PieceSet.full(pieces);
    const count = countArrays();
    const picker = aPicker(pieces);
    const chance = new RandomStream(1, 'loss');
    const most: Record<string, number> = { announced: 0, lost: 0, claimed: 0, released: 0 };
    const measure = (kind: 'announced' | 'lost' | 'claimed' | 'released', piece: number) => {
      const before = count.accesses;
      picker[kind](piece);
      most[kind] = Math.max(most[kind]!, count.accesses - before);
    };
    const copies = new Map<number, number>();
    for (let step = 0; step < 20_000; step++) {
      const piece = chance.below(pieces);
      const had = copies.get(piece) ?? 0;
      const isLost = had > 0 && chance.below(3) === 0;
      if (isLost || had < 40) {
        measure(isLost ? 'lost' : 'announced', piece);
        copies.set(piece, had + (isLost ? -1 : 1));
      }
      measure(chance.below(2) === 0 ? 'claimed' : 'released', chance.below(pieces));
      if (step % 50 === 0) picker.pick(everything);
    }
    return most;
  }

  it('is a few dozen accesses for what happens to a piece, with 64 pieces as with 16,384', () => {
    for (const pieces of [SMALL, LARGE]) {
      const { announced, lost, claimed } = mostAccesses(pieces);
      expect(Math.max(announced!, lost!, claimed!)).toBeLessThanOrEqual(24);
    }
  });

  it('of a release is made up for by the losses before it', () => {
    const offered = setOf(LARGE, [7]);
    const count = countArrays();
    const picker = aPicker(LARGE);
    const copies = 30;
    for (let copy = 0; copy < copies; copy++) picker.announced(7);
    picker.pick(offered);
    picker.claimed(7);
    for (let copy = 0; copy < copies; copy++) picker.lost(7);
    const before = count.accesses;
    picker.released(7);
    expect(count.accesses - before).toBeLessThanOrEqual(24 * copies);
  });

  it('of a pick does not depend on pieces that are more common than the picked', () => {
    const costWith = (common: number): number => {
      const offered = setOf(LARGE, Array(common + 1).keys());
      const count = countArrays();
      const picker = aPicker(LARGE);
      for (let piece = 0; piece < common; piece++) announce(picker, { [piece]: 2 });
      picker.pick(offered);
      picker.announced(common);
      const before = count.accesses;
      expect(picker.pick(offered)).toBe(common);
      return count.accesses - before;
    };
    expect(costWith(10_000)).toBe(costWith(10));
  });

  it('of all picks together is no more than a few accesses for each announcement', () => {
    const pieces = 1000;
    const offered = PieceSet.full(pieces);
    const count = countArrays();
    const picker = aPicker(pieces);
    const chance = new RandomStream(2, 'loss');
    let announcements = 0;
    for (let piece = 0; piece < pieces; piece++) {
      for (let copy = 0; copy < 10; copy++, announcements++) picker.announced(chance.below(pieces));
      picker.claimed(picker.pick(offered));
    }
    expect(count.accesses / announcements).toBeLessThan(60);
  });

  it.each([
    [1000, 5.125],
    [16_384, 5.125],
    [100_000, 9.125],
  ])('in memory is the stated one, for %i pieces: %d bytes each', (pieces, bytesEach) => {
    const offered = setOf(pieces, [1]);
    const count = countArrays();
    const picker = aPicker(pieces);
    const withoutBuckets = count.bytes;
    for (let copy = 0; copy < 50; copy++) picker.announced(1);
    picker.pick(offered);
    expect(withoutBuckets - bytesEach * pieces).toBeLessThanOrEqual(2 * 8 * 4 + 4 + 4);
    expect(count.bytes - withoutBuckets).toBeLessThanOrEqual(2 * 16 * 50);
  });
});
