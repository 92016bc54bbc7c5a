import { assert, constantFrom, nat, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CopyCounter } from '../../../../../src/engine/swarm/policy/picker/copy-counter.ts';
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
  readonly asked?: (place: number) => void;
}

function aPicker(picker: Name, wishes: Wishes = {}): PiecePicker {
  const { pieces = PIECES, randomFirst = 0, randomSeed = 1, copiesOf = () => 1, asked } = wishes;
  const chance = new RandomStream(randomSeed, 'swarm');
  const count = (place: number, counter: CopyCounter): void => {
    asked?.(place);
    const copies = Array.from({ length: 32 }, (_, bit) => copiesOf(32 * place + bit));
    for (let neighbour = 0; neighbour < Math.max(...copies); neighbour++)
      counter.add(copies.reduce((word, has, bit) => (neighbour < has ? word | (1 << bit) : word), 0));
  };
  return newPicker({ picker, randomFirst }, { pieces, chance, count });
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

  it('takes the piece with the fewest copies of four rows of 32', () => {
    const places: number[] = [];
    const copiesOf = (piece: number) => (7 * piece) % 31;
    const picker = aPicker('sampled', { pieces, copiesOf, asked: (place) => places.push(place) });
    for (let pick = 0; pick < 100; pick++) {
      const picked = picker.pick(PieceSet.full(pieces));
      const looked = places.splice(0);
      expect(looked).toHaveLength(4);
      const row = looked.flatMap((place) => Array.from({ length: 32 }, (_, bit) => 32 * place + bit));
      expect(copiesOf(picked)).toBe(Math.min(...row.filter((piece) => piece < pieces).map(copiesOf)));
    }
  });

  it('looks at every row as often, and passes over those where nothing is wanted', () => {
    const places = new Map<number, number>();
    const asked = (place: number) => places.set(place, (places.get(place) ?? 0) + 1);
    const picker = aPicker('sampled', { pieces: 320, asked });
    for (let pick = 0; pick < 1000; pick++) picker.pick(PieceSet.full(320));
    for (const times of places.values()) expect(times).toBeGreaterThan(300);
    places.clear();
    expect(picker.pick(setOf(320, [70, 200]))).toBeGreaterThan(0);
    expect([...places.keys()].toSorted()).toEqual([2, 6]);
  });

  it('takes each of those that are equally rare as often', () => {
    const picker = aPicker('sampled', { pieces: 32, copiesOf: (piece) => (piece % 4 === 0 ? 1 : 2) });
    expect(sigmasOffEqual(countPicks(picker, PieceSet.full(32), 8000), 8, 8000)).toBeLessThan(5);
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
