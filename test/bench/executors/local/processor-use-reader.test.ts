import { describe, expect, it } from 'vitest';
import { useLimitations } from '../../../../src/bench/executors/local/lab-limitations.ts';
import { processorTimes } from '../../../../src/bench/executors/local/processor-use-reader.ts';

describe('the use of the processors', () => {
  it('is never more than there is, and packets are part of it', () => {
    const { busyMs, softirqMs, totalMs } = processorTimes();
    expect(busyMs).toBeGreaterThan(softirqMs);
    expect(busyMs).toBeLessThan(totalMs);
  });

  it('is a limitation where it is high', () => {
    expect(useLimitations({ busyShare: 0.6 })).toEqual([]);
    expect(useLimitations({ busyShare: 0.61 })).toHaveLength(1);
  });
});
