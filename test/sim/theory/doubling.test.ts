import { describe, expect, it } from 'vitest';
import { doublings } from '../../../src/sim/theory/doubling.ts';

describe('doublings', () => {
  it('is exact on both sides of every power of two, also where Math.log2 rounds', () => {
    for (let exponent = 1; exponent < 53; exponent += 1) {
      expect(doublings(2 ** exponent)).toBe(exponent);
      expect(doublings(2 ** exponent - 1)).toBe(exponent - 1);
    }
    expect(doublings(Number.MAX_SAFE_INTEGER)).toBe(52);
  });
});
