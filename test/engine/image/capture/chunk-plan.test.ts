import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planChunks } from '../../../../src/engine/image/capture/chunk-plan.ts';
import { mergedRanges } from '../../../../src/engine/image/disk/byte-ranges.ts';

const someRanges = fc
  .array(fc.tuple(fc.nat(2000), fc.integer({ min: 1, max: 300 })))
  .map((pairs) => mergedRanges(pairs.map(([start, bytes]) => ({ start, end: start + bytes }))));
const someRules = fc.record({ chunkBytes: fc.integer({ min: 1, max: 400 }), bridgedBytes: fc.nat(60) });

describe('a plan of chunks', () => {
  it('has every used byte once, in order, and no chunk that is too long or crosses the grid', () => {
    fc.assert(
      fc.property(someRanges, someRules, (used, rules) => {
        const chunks = planChunks(used, rules);
        expect(mergedRanges(chunks.flatMap((chunk) => chunk.used))).toEqual(used);
        let end = 0;
        for (const chunk of chunks) {
          expect(chunk.start).toBeGreaterThanOrEqual(end);
          expect(chunk.used[0]!.start).toBe(chunk.start);
          expect(chunk.used.at(-1)!.end).toBe(chunk.end);
          expect(Math.floor(chunk.start / rules.chunkBytes)).toBe(
            Math.floor((chunk.end - 1) / rules.chunkBytes),
          );
          end = chunk.end;
        }
      }),
    );
  });

  it('bridges the gaps that it may and no others', () => {
    fc.assert(
      fc.property(someRanges, someRules, (used, rules) => {
        const chunks = planChunks(used, rules);
        for (const chunk of chunks)
          chunk.used.slice(1).forEach(({ start }, before) => {
            expect(start - chunk.used[before]!.end).toBeLessThanOrEqual(rules.bridgedBytes);
          });
        chunks.slice(1).forEach(({ start }, before) => {
          const last = chunks[before]!;
          const isSameCell =
            Math.floor(last.start / rules.chunkBytes) === Math.floor(start / rules.chunkBytes);
          if (isSameCell) expect(start - last.end).toBeGreaterThan(rules.bridgedBytes);
        });
      }),
    );
  });

  it('is at other places what it was, whatever is used at one place', () => {
    fc.assert(
      fc.property(someRanges, someRanges, someRules, (used, more, rules) => {
        const cellOf = ({ start }: { start: number }) => Math.floor(start / rules.chunkBytes);
        const other = more.slice(0, 1);
        const cells = new Set(planChunks(other, rules).map(cellOf));
        const untouched = (ranges: typeof used) =>
          planChunks(ranges, rules).filter((chunk) => !cells.has(cellOf(chunk)));
        expect(untouched(mergedRanges([...used, ...other]))).toEqual(untouched(used));
      }),
    );
  });
});
