import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ByteRange,
  bytesOfRanges,
  mergedRanges,
  rangesBefore,
  rangesWithout,
} from '../../../../src/engine/image/disk/byte-ranges.ts';

const someRanges = fc.array(
  fc.tuple(fc.nat(60), fc.nat(12)).map(([start, bytes]) => ({ start, end: start + bytes })),
);
const bytesIn = (ranges: readonly ByteRange[]) =>
  new Set(ranges.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, at) => start + at)));
const sorted = (bytes: Set<number>) => [...bytes].sort((one, other) => one - other);

describe('ranges of bytes', () => {
  it('are the same bytes when they are merged, and neither overlap nor touch', () => {
    fc.assert(
      fc.property(someRanges, (ranges) => {
        const merged = mergedRanges(ranges);
        expect(sorted(bytesIn(merged))).toEqual(sorted(bytesIn(ranges)));
        expect(bytesOfRanges(merged)).toBe(bytesIn(ranges).size);
        merged.slice(1).forEach(({ start }, before) => {
          expect(start).toBeGreaterThan(merged[before]!.end);
        });
      }),
    );
  });

  it('lose just the bytes of the holes', () => {
    fc.assert(
      fc.property(someRanges, someRanges, (ranges, holes) => {
        const rest = rangesWithout(mergedRanges(ranges), mergedRanges(holes));
        expect(sorted(bytesIn(rest))).toEqual(sorted(bytesIn(ranges).difference(bytesIn(holes))));
      }),
    );
  });

  it('lose what is behind an end', () => {
    fc.assert(
      fc.property(someRanges, fc.nat(70), (ranges, end) => {
        const before = sorted(bytesIn(ranges)).filter((byte) => byte < end);
        expect(sorted(bytesIn(rangesBefore(ranges, end)))).toEqual(before);
      }),
    );
  });
});
