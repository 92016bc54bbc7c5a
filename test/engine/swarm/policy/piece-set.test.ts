import { array, assert, boolean, integer, nat, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lowestBit, PieceSet } from '../../../../src/engine/swarm/policy/piece-set.ts';

const PIECES = 100;

describe('piece set', () => {
  it('agrees with a set of numbers, whatever is added and deleted', () => {
    const steps = array(record({ piece: nat(PIECES - 1), isAdded: boolean() }), { maxLength: 300 });
    assert(
      property(steps, (script) => {
        const [pieces, numbers] = [new PieceSet(PIECES), new Set<number>()];
        for (const { piece, isAdded } of script) {
          if (isAdded) pieces.add(piece);
          else pieces.delete(piece);
          if (isAdded) numbers.add(piece);
          else numbers.delete(piece);
          expect(pieces.has(piece)).toBe(isAdded);
          expect(pieces.size).toBe(numbers.size);
        }
        expect([...pieces]).toEqual([...numbers].sort((a, b) => a - b));
      }),
    );
  });

  it.each([1, 31, 32, 33, 64, 100])('that is full has all %i pieces and no more', (count) => {
    const full = PieceSet.full(count);
    expect([...full]).toEqual([...Array(count).keys()]);
    expect(full.size).toBe(count);
    expect(full.has(count)).toBe(false);
  });

  it('knows whether it has a piece that another lacks', () => {
    const sets = array(nat(PIECES - 1), { maxLength: 8 });
    assert(
      property(sets, sets, (some, others) => {
        const [set, other] = [some, others].map((pieces) => {
          const filled = new PieceSet(PIECES);
          for (const piece of pieces) filled.add(piece);
          return filled;
        });
        expect(set!.hasOutside(other!)).toBe(some.some((piece) => !others.includes(piece)));
      }),
    );
  });

  it('finds the lowest bit of a word', () => {
    assert(
      property(nat(31), integer(), (bit, higher) => {
        expect(lowestBit(((higher << 1) | 1) << bit)).toBe(bit);
      }),
    );
  });
});
