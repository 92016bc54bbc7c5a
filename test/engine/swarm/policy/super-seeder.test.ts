import { array, assert, constant, nat, oneof, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PieceSet } from '../../../../src/engine/swarm/policy/piece-set.ts';
import { SuperSeeder } from '../../../../src/engine/swarm/policy/super-seeder.ts';
import { RandomStream } from '../../../../src/sim/kernel/random-stream.ts';

const PIECES = 20;

const aSeeder = (pieces = PIECES, randomSeed = 1) =>
  new SuperSeeder(pieces, new RandomStream(randomSeed, 'swarm'));

function setOf(pieces: Iterable<number>): PieceSet {
  const set = new PieceSet(PIECES);
  for (const piece of pieces) set.add(piece);
  return set;
}

const NOTHING = setOf([]);

describe('super seeder', () => {
  it('reveals every piece once before any twice', () => {
    const seeder = aSeeder();
    const revealed = Array.from({ length: PIECES }, (_, receiver) => seeder.reveal(receiver, NOTHING));
    expect(revealed.toSorted((a, b) => a - b)).toEqual([...Array(PIECES).keys()]);
  });

  it('waits with the next piece for a receiver until its last was seen elsewhere', () => {
    const seeder = aSeeder();
    expect(seeder.isProven(1)).toBe(true);
    const piece = seeder.reveal(1, NOTHING);
    expect(seeder.isProven(1)).toBe(false);
    seeder.announced(1, piece);
    expect(seeder.isProven(1)).toBe(false);
    seeder.announced(2, (piece + 1) % PIECES);
    expect(seeder.isProven(1)).toBe(false);
    seeder.announced(2, piece);
    expect(seeder.isProven(1)).toBe(true);
    expect(seeder.isProven(2)).toBe(true);
  });

  it('asks for no proof of a piece that others had before', () => {
    const seeder = aSeeder(1);
    const taken = new PieceSet(1);
    seeder.announced(2, 0);
    expect(seeder.reveal(1, taken)).toBe(0);
    expect(seeder.isProven(1)).toBe(true);
  });

  it('reveals the rarest piece when all were revealed', () => {
    const seeder = aSeeder();
    for (let receiver = 0; receiver < PIECES; receiver++) {
      const piece = seeder.reveal(receiver, NOTHING);
      seeder.announced(receiver, piece);
      if (piece !== 7) for (const other of [100, 101]) seeder.announced(other, piece);
    }
    for (const receiver of [200, 201, 202]) expect(seeder.reveal(receiver, NOTHING)).toBe(7);
  });

  it('reveals a piece again that went with the only receiver it was promised to', () => {
    const seeder = aSeeder();
    const lost = seeder.reveal(1, NOTHING);
    for (let receiver = 2; receiver <= PIECES; receiver++) seeder.reveal(receiver, NOTHING);
    seeder.left(1, NOTHING);
    expect(seeder.reveal(50, NOTHING)).toBe(lost);
    expect(seeder.isProven(50)).toBe(false);
    expect(seeder.isProven(1)).toBe(true);
  });

  it('counts anew what a receiver has that left and came back', () => {
    const seeder = aSeeder();
    const piece = seeder.reveal(1, NOTHING);
    seeder.announced(1, piece);
    seeder.left(1, setOf([piece]));
    seeder.announced(1, piece);
    const others = Array.from({ length: PIECES - 1 }, (_, place) => seeder.reveal(2 + place, NOTHING));
    expect(others).not.toContain(piece);
  });

  it('chooses between pieces that are equally rare by chance', () => {
    const first = new Set<number>();
    for (let randomSeed = 0; randomSeed < 200; randomSeed++)
      first.add(aSeeder(PIECES, randomSeed).reveal(1, NOTHING));
    expect(first.size).toBe(PIECES);
  });

  it('reveals nothing where all is taken', () => {
    expect(aSeeder().reveal(1, PieceSet.full(PIECES))).toBe(-1);
  });

  it('never reveals what is taken, nor a piece while a rarer one is wanted, whoever comes and goes', () => {
    const receivers = 5;
    const steps = array(
      oneof(
        { arbitrary: record({ kind: constant('reveal' as const), receiver: nat(receivers - 1) }), weight: 3 },
        { arbitrary: record({ kind: constant('arrive' as const), receiver: nat(receivers - 1) }), weight: 3 },
        { arbitrary: record({ kind: constant('leave' as const), receiver: nat(receivers - 1) }), weight: 1 },
      ),
      { maxLength: 80 },
    );
    assert(
      property(steps, nat(), (script, randomSeed) => {
        const seeder = aSeeder(PIECES, randomSeed);
        const chance = new RandomStream(randomSeed, 'loss');
        const held = Array.from({ length: receivers }, () => setOf([]));
        const promised = Array.from({ length: receivers }, () => new Set<number>());
        const copies = (piece: number) =>
          held.filter((set, receiver) => set.has(piece) || promised[receiver]!.has(piece)).length;
        for (const { kind, receiver } of script) {
          if (kind === 'reveal') {
            const before = Array.from({ length: PIECES }, (_, piece) => copies(piece));
            const piece = seeder.reveal(receiver, held[receiver]!);
            const wanted = before.filter((_, other) => !held[receiver]!.has(other));
            expect(piece === -1).toBe(wanted.length === 0);
            if (piece === -1) continue;
            expect(held[receiver]!.has(piece)).toBe(false);
            expect(before[piece]).toBe(Math.min(...wanted));
            if (before[piece] === 0) promised[receiver]!.add(piece);
          }
          if (kind === 'arrive') {
            const piece = chance.below(PIECES);
            if (held[receiver]!.has(piece)) continue;
            held[receiver]!.add(piece);
            seeder.announced(receiver, piece);
          }
          if (kind === 'leave') {
            seeder.left(receiver, held[receiver]!);
            held[receiver] = setOf([]);
            promised[receiver]!.clear();
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
