import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergedRanges } from '../../../../src/engine/image/disk/byte-ranges.ts';
import { SetBits } from '../../../../src/engine/image/file-system/set-bits.ts';

/** Bytes as allocation maps have them: mostly all or nothing. */
const someMap = fc.array(fc.oneof(fc.constant(0), fc.constant(255), fc.nat(255)), {
  minLength: 1,
  maxLength: 40,
});

describe('the set bits of an allocation map', () => {
  it('are found in runs, however the map is cut into pieces', () => {
    fc.assert(
      fc.property(someMap, fc.nat(40), fc.nat(7), (bytes, cut, spare) => {
        const count = bytes.length * 8 - spare;
        const bits = new SetBits({ base: 1000, unitBytes: 512 });
        const first = Uint8Array.from(bytes.slice(0, Math.min(cut, bytes.length - 1)));
        bits.add(first);
        bits.add(Uint8Array.from(bytes.slice(first.length)), count - first.length * 8);
        const set = Array.from({ length: count }, (_, bit) => bit).filter(
          (bit) => (bytes[bit >> 3]! >> (bit & 7)) & 1,
        );
        const expected = set.map((bit) => ({ start: 1000 + bit * 512, end: 1000 + (bit + 1) * 512 }));
        expect(bits.ranges()).toEqual(mergedRanges(expected));
      }),
    );
  });
});
