import { type Arbitrary, array, boolean, constant, nat, oneof, record } from 'fast-check';
import type { PiecePicker } from '../../../../../src/engine/swarm/policy/picker/piece-picker.ts';
import { PieceSet } from '../../../../../src/engine/swarm/policy/piece-set.ts';

/** What can happen around a receiver. */
export type Step =
  | { readonly kind: 'announced'; readonly neighbour: number; readonly piece: number }
  | { readonly kind: 'left' | 'picked'; readonly neighbour: number; readonly isClaimed: boolean }
  | { readonly kind: 'claimed' | 'released'; readonly piece: number };

const NEIGHBOURS = 12;

/** Any order of events around a receiver of so many pieces. */
export function anySteps(pieces: number): Arbitrary<Step[]> {
  const piece = nat(pieces - 1);
  const neighbour = nat(NEIGHBOURS - 1);
  return array(
    oneof(
      { arbitrary: record({ kind: constant('announced' as const), neighbour, piece }), weight: 8 },
      {
        arbitrary: record({ kind: constant('picked' as const), neighbour, isClaimed: boolean() }),
        weight: 4,
      },
      {
        arbitrary: record({ kind: constant('left' as const), neighbour, isClaimed: constant(false) }),
        weight: 1,
      },
      { arbitrary: record({ kind: constant('claimed' as const), piece }), weight: 2 },
      { arbitrary: record({ kind: constant('released' as const), piece }), weight: 2 },
    ),
    { maxLength: 150, size: 'max' },
  );
}

/** A receiver and its neighbours: knows the slow way what its picker should know. */
export class Neighbourhood {
  readonly #pieces: number;
  readonly #held = Array.from({ length: NEIGHBOURS }, () => new Set<number>());
  readonly #taken = new Set<number>();

  constructor(pieces: number) {
    this.#pieces = pieces;
  }

  /** Does the step, and tells the picker. @returns the piece that was picked */
  take(step: Step, picker: PiecePicker): number | undefined {
    switch (step.kind) {
      case 'announced':
        if (this.#held[step.neighbour]!.has(step.piece)) return undefined;
        this.#held[step.neighbour]!.add(step.piece);
        picker.announced(step.piece);
        return undefined;
      case 'left':
        for (const piece of this.#held[step.neighbour]!) picker.lost(piece);
        this.#held[step.neighbour]!.clear();
        return undefined;
      case 'claimed':
        this.#taken.add(step.piece);
        picker.claimed(step.piece);
        return undefined;
      case 'released':
        this.#taken.delete(step.piece);
        picker.released(step.piece);
        return undefined;
      case 'picked':
        return picker.pick(this.offeredBy(step.neighbour));
    }
  }

  copiesOf(piece: number): number {
    return this.#held.filter((held) => held.has(piece)).length;
  }

  offeredBy(neighbour: number): PieceSet {
    return setOf(this.#pieces, this.#held[neighbour]!);
  }

  /** What the neighbour has and the receiver has not taken. */
  wantedOf(neighbour: number): number[] {
    return [...this.#held[neighbour]!].filter((piece) => !this.#taken.has(piece)).sort((a, b) => a - b);
  }
}

export function setOf(pieces: number, members: Iterable<number>): PieceSet {
  const set = new PieceSet(pieces);
  for (const piece of members) set.add(piece);
  return set;
}

/** How often each piece is picked in so many draws. */
export function countPicks(picker: PiecePicker, offered: PieceSet, draws: number): Map<number, number> {
  const counts = new Map<number, number>();
  for (let draw = 0; draw < draws; draw++) {
    const piece = picker.pick(offered);
    counts.set(piece, (counts.get(piece) ?? 0) + 1);
  }
  return counts;
}

/** How far the count farthest off lies from an equal share, in standard deviations. */
export function sigmasOffEqual(counts: ReadonlyMap<number, number>, options: number, draws: number): number {
  const p = 1 / options;
  const sigma = Math.sqrt(draws * p * (1 - p));
  const missing = counts.size < options ? [0] : [];
  return Math.max(...[...counts.values(), ...missing].map((count) => Math.abs(count - draws * p) / sigma));
}
