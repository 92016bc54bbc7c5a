import { array, assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CopyCounter } from '../../../../../src/engine/swarm/policy/picker/copy-counter.ts';
import { PieceRows } from '../../../../../src/engine/swarm/policy/piece-set.ts';

const word = integer();
const bits = Array.from({ length: 32 }, (_, bit) => bit);
const has = (set: number, bit: number) => ((set >>> bit) & 1) === 1;

describe('copy counter', () => {
  it('finds those of some pieces that the fewest neighbours have, again and again', () => {
    const counter = new CopyCounter();
    assert(
      property(array(word, { maxLength: 300 }), word, (neighbours, pieces) => {
        if (pieces === 0) return;
        counter.reset();
        for (const held of neighbours) counter.add(held);
        const copiesOf = (bit: number) => neighbours.filter((held) => has(held, bit)).length;
        const asked = bits.filter((bit) => has(pieces, bit));
        const fewest = Math.min(...asked.map(copiesOf));
        const found = counter.fewest(pieces);
        expect(bits.filter((bit) => has(found, bit))).toEqual(
          asked.filter((bit) => copiesOf(bit) === fewest),
        );
      }),
    );
  });

  it('counts sets that stand side by side as it counts one after the other', () => {
    assert(
      property(array(integer(), { minLength: 1, maxLength: 100 }), word, (neighbours, pieces) => {
        if (pieces === 0) return;
        const [together, alone] = [new CopyCounter(), new CopyCounter()];
        const rows = new PieceRows(neighbours.length, 64);
        rows.words.set(neighbours.flatMap((held) => [0, held]));
        const members = Int32Array.from([7, ...neighbours.keys(), 7]);
        for (let time = 0; time < 2; time++) {
          together.addAll(rows, 1, { members, start: 1, end: members.length - 1 });
          for (const held of neighbours) alone.add(held);
        }
        expect(together.fewest(pieces)).toBe(alone.fewest(pieces));
        for (const bit of bits) expect(together.copiesOf(bit)).toBe(alone.copiesOf(bit));
        expect(alone.copiesOf(3)).toBe(2 * neighbours.filter((held) => has(held, 3)).length);
      }),
    );
  });

  it('finds all of them where nobody has any', () => {
    expect(new CopyCounter().fewest(0b1010)).toBe(0b1010);
  });
});
