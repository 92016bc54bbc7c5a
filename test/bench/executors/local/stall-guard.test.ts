import { describe, expect, it } from 'vitest';
import { StallGuard } from '../../../../src/bench/executors/local/stall-guard.ts';

describe('the stall guard', () => {
  it('waits as long as it was told to', () => {
    const guard = new StallGuard(1_000, 0);
    expect(guard.isStalled('0', 500)).toBe(false);
    expect(guard.isStalled('0', 1_499)).toBe(false);
    expect(guard.isStalled('0', 1_500)).toBe(true);
  });

  it('starts again with every sign of life', () => {
    const guard = new StallGuard(1_000, 0);
    for (let nowMs = 0; nowMs < 10_000; nowMs += 900)
      expect(guard.isStalled(String(nowMs), nowMs)).toBe(false);
  });
});
