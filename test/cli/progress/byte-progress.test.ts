import { describe, expect, it } from 'vitest';
import { progressState, readable } from '../../../src/cli/progress/byte-progress.ts';

describe('progress of bytes', () => {
  it('says share, rate and the time that is left', () => {
    expect(progressState({ done: 2.5e9, all: 1e10, seconds: 10 })).toBe(
      '25 % of 10.0 GB, 250 MB/s, 30 s left',
    );
  });

  it('promises no time while nothing is done', () => {
    expect(progressState({ done: 0, all: 1e10, seconds: 10 })).toBe('0 % of 10.0 GB, 0 B/s');
  });

  it('says bytes in three significant digits', () => {
    expect([0, 999, 1500, 1e6, 2.34e13].map(readable)).toEqual([
      '0 B',
      '999 B',
      '1.50 kB',
      '1.00 MB',
      '23.4 TB',
    ]);
  });
});
