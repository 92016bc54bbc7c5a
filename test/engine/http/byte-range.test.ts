import { assert, nat, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestedRange } from '../../../src/engine/http/byte-range.ts';

describe('a Range header', () => {
  it.each([
    [undefined, 0, 999],
    ['bytes=0-0', 0, 0],
    ['bytes=10-19', 10, 19],
    ['bytes=990-', 990, 999],
    ['bytes=990-5000', 990, 999],
    ['bytes=-10', 990, 999],
    ['bytes=-5000', 0, 999],
    ['bytes=0-9,20-29', 0, 999],
    ['bytes=-', 0, 999],
    ['bytes=a-b', 0, 999],
    ['pages=1-2', 0, 999],
  ])('%s asks of 1000 bytes for those from %d to %d', (header, first, last) => {
    expect(requestedRange(header, 1000)).toEqual({ first, last });
  });

  it.each(['bytes=1000-', 'bytes=1000-2000', 'bytes=20-10', 'bytes=-0'])('%s asks for nothing', (header) => {
    expect(requestedRange(header, 1000)).toBeUndefined();
  });

  it('never asks for bytes that there are not, whatever it is', () => {
    const header = string({ unit: string({ minLength: 1, maxLength: 1 }) }).map((text) => `bytes=${text}`);
    const numbers = nat().chain((first) => nat().map((last) => `bytes=${first}-${last}`));
    for (const any of [header, numbers]) {
      assert(
        property(any, nat(10_000), (wanted, more) => {
          const range = requestedRange(wanted, more + 1);
          if (range) expect(range.first >= 0 && range.first <= range.last && range.last <= more).toBe(true);
        }),
      );
    }
  });
});
