import { describe, expect, it } from 'vitest';
import { useLimitations } from '../../../../src/bench/executors/local/lab-limitations.ts';
import { processorTimes, processorUse } from '../../../../src/bench/executors/local/processor-use-reader.ts';

describe('the use of the processors', () => {
  it('is what was spent between two readings', () => {
    const before = { serverCpuS: 1, busyMs: 5_000, totalMs: 20_000 };
    const after = { serverCpuS: 3.204, busyMs: 10_000, totalMs: 30_000 };
    expect(processorUse(before, after)).toEqual({ serverCpuS: 2.2, busyShare: 0.5 });
  });

  it('is that of the computer alone where the server is not known', () => {
    const before = { serverCpuS: null, busyMs: 0, totalMs: 0 };
    expect(processorUse(before, { ...before, totalMs: 10 })).toEqual({ busyShare: 0 });
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
