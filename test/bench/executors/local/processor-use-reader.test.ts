import { describe, expect, it } from 'vitest';
import { useLimitations } from '../../../../src/bench/executors/local/lab-limitations.ts';
import { busyShareOf, processorTimes } from '../../../../src/bench/executors/local/processor-use-reader.ts';

describe('the use of the processors', () => {
  it('is the share that was spent between two moments', () => {
    const before = { busyMs: 5_000, totalMs: 20_000 };
    expect(busyShareOf(before, { busyMs: 10_000, totalMs: 30_000 })).toBe(0.5);
    expect(busyShareOf(before, before)).toBe(0);
  });

  it('is never more than there is', () => {
    const { busyMs, totalMs } = processorTimes();
    expect(busyMs).toBeGreaterThan(0);
    expect(busyMs).toBeLessThan(totalMs);
  });

  it('is a limitation where it is high', () => {
    expect(useLimitations({ busyShare: 0.6 })).toEqual([]);
    expect(useLimitations({ busyShare: 0.61 })).toHaveLength(1);
  });
});
