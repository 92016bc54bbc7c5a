import { assert, constantFrom, nat, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newPicker, type PickerSettings } from '../../../../../src/engine/swarm/policy/picker/new-picker.ts';
import type { PiecePicker } from '../../../../../src/engine/swarm/policy/picker/piece-picker.ts';
import { PieceSet } from '../../../../../src/engine/swarm/policy/piece-set.ts';
import { RandomStream } from '../../../../../src/sim/kernel/random-stream.ts';
import { anySteps, countPicks, Neighbourhood, setOf, sigmasOffEqual } from './a-neighbourhood.ts';

const PIECES = 70;
const NAMES = ['rarest', 'sampled', 'random', 'sequential'] as const;
type Name = PickerSettings['picker'];

interface Wishes {
  readonly pieces?: number;
  readonly randomFirst?: number;
  readonly randomSeed?: number;
  readonly copiesOf?: (piece: number) => number;
}

function aPicker(picker: Name, wishes: Wishes = {}): PiecePicker {
  const { pieces = PIECES, randomFirst = 0, randomSeed = 1, copiesOf = () => 1 } = wishes;
  const chance = new RandomStream(randomSeed, 'swarm');
  return newPicker({ picker, randomFirst }, { pieces, chance, copiesOf });
}

/** Every piece has a copy, so that every picker may pick any. */
function withCopies(picker: PiecePicker, pieces = PIECES): PiecePicker {
  for (let piece = 0; piece < pieces; piece++) picker.announced(piece);
  return picker;
}

describe.each(NAMES)('picker %s', (name) => {
  it.each([0, 3])(
    'never picks what the uploader lacks or what is taken, and something where it can (random first: %i)',
    (randomFirst) => {
      assert(
        property(anySteps(PIECES), nat(), (steps, randomSeed) => {
          const swarm = new Neighbourhood(PIECES);
          const copiesOf = (piece: number) => swarm.copiesOf(piece);
          const picker = aPicker(name, { randomFirst, randomSeed, copiesOf });
          for (const step of steps) {
            const picked = swarm.take(step, picker);
            if (step.kind !== 'picked') continue;
            const wanted = swarm.wantedOf(step.neighbour);
            expect(wanted.length === 0 ? [-1] : wanted).toContain(picked);
            expect(swarm.offeredBy(step.neighbour).hasOutside(picker.taken)).toBe(picked !== -1);
            if (step.isClaimed && picked !== -1) swarm.take({ kind: 'claimed', piece: picked! }, picker);
          }
        }),
        { numRuns: 200 },
      );
    },
  );

  it('does not claim what it picks', () => {
    const picker = withCopies(aPicker(name));
    picker.pick(PieceSet.full(PIECES));
    expect(picker.taken.size).toBe(0);
  });

  it('picks what was released again', () => {
    const picker = withCopies(aPicker(name));
    for (let piece = 0; piece < PIECES; piece++) picker.claimed(piece);
    expect(picker.pick(PieceSet.full(PIECES))).toBe(-1);
    picker.released(42);
    expect(picker.pick(PieceSet.full(PIECES))).toBe(42);
  });
});

describe('sequential', () => {
  it('picks the first wanted piece of those that are offered', () => {
    const picker = aPicker('sequential');
    expect(picker.pick(setOf(PIECES, [66, 40, 12]))).toBe(12);
    picker.claimed(12);
    expect(picker.pick(setOf(PIECES, [66, 40, 12]))).toBe(40);
    picker.claimed(40);
    expect(picker.pick(setOf(PIECES, [66, 40, 12]))).toBe(66);
  });
});

describe('random', () => {
  it.each([[[0, 1]], [[3, 17, 40, 41, 69]], [[0, 32, 64]], [[31, 63]]])(
    'picks each of %j as often',
    (offered) => {
      const draws = 4000 * offered.length;
      const counts = countPicks(aPicker('random'), setOf(PIECES, offered), draws);
      expect([...counts.keys()].toSorted((a, b) => a - b)).toEqual(offered);
      expect(sigmasOffEqual(counts, offered.length, draws)).toBeLessThan(5);
    },
  );
});

describe('sampled', () => {
  const pieces = 1000;
  const all = PieceSet.full(pieces);

  it('looks at eight pieces, and takes the one with the fewest copies', () => {
    const looks: number[] = [];
    const picker = aPicker('sampled', {
      pieces,
      copiesOf(piece) {
        looks.push(piece);
        return 1000 - piece;
      },
    });
    for (let picks = 1; picks <= 100; picks++) {
      const picked = picker.pick(all);
      expect(picked).toBe(Math.max(...looks));
      expect(looks.length).toBe(8);
      looks.length = 0;
    }
  });

  it('picks as rare a piece as the best of eight is: the first ninth, on the average', () => {
    const picker = aPicker('sampled', { pieces, copiesOf: (piece) => piece });
    const picks = 4000;
    let sum = 0;
    for (let pick = 0; pick < picks; pick++) sum += picker.pick(all);
    // The least of eight uniform numbers has mean 1/9 and standard deviation sqrt(8 / (81 * 10)).
    const sigma = Math.sqrt(8 / 810 / picks);
    expect(Math.abs(sum / picks / pieces - 1 / 9)).toBeLessThan(5 * sigma);
  });
});

describe('random first', () => {
  it('picks any piece until so many are held or claimed, then as the picker says', () => {
    const offered = [5, 20, 50];
    const picker = aPicker('sequential', { randomFirst: 2 });
    const draws = 9000;
    expect(sigmasOffEqual(countPicks(picker, setOf(PIECES, offered), draws), 3, draws)).toBeLessThan(5);
    picker.claimed(60);
    expect(countPicks(picker, setOf(PIECES, offered), 100).size).toBe(3);
    picker.claimed(61);
    expect(countPicks(picker, setOf(PIECES, offered), 100)).toEqual(new Map([[5, 100]]));
    picker.released(60);
    expect(countPicks(picker, setOf(PIECES, offered), 100).size).toBe(3);
  });

  it('counts copies all the while', () => {
    assert(
      property(constantFrom(1, 2, 5), (randomFirst) => {
        const picker = aPicker('rarest', { randomFirst });
        for (let copy = 0; copy < 3; copy++) for (const piece of [7, 8, 9]) picker.announced(piece);
        picker.lost(8);
        for (let piece = 20; piece < 20 + randomFirst; piece++) picker.claimed(piece);
        expect(picker.pick(setOf(PIECES, [7, 8, 9]))).toBe(8);
      }),
    );
  });
});
