import { describe, expect, it } from 'vitest';
import { isSpoiled } from '../../../src/bench/metrics/busy-computer.ts';
import { aMachine, aRecord } from '../a-record.ts';

/** A run of 9 s on two processors, of which server and machine used so much. */
function aRun(use: { busyShare: number; softirqShare?: number }, ownShare: number) {
  const cpuS = 9 * 2 * ownShare;
  return aRecord({ source: 'netns', fleet: [{ ...aMachine({ doneS: 10 }), cpuS }], serverCpuS: 0, ...use });
}

describe('a run that others have spoiled', () => {
  it('is one in which they had more than a quarter of a busy computer', () => {
    expect(isSpoiled(aRun({ busyShare: 0.9, softirqShare: 0.1 }, 0.5))).toBe(true);
    expect(isSpoiled(aRun({ busyShare: 0.9, softirqShare: 0.1 }, 0.6))).toBe(false);
    expect(isSpoiled(aRun({ busyShare: 0.5, softirqShare: 0.1 }, 0))).toBe(false);
  });

  it('is none in which the kernel had much to do for the packets of the lab itself', () => {
    expect(isSpoiled(aRun({ busyShare: 0.95, softirqShare: 0.3 }, 0.45))).toBe(false);
  });

  it('is told of older records by what they know', () => {
    expect(isSpoiled(aRun({ busyShare: 0.9 }, 0.5))).toBe(true);
    expect(isSpoiled(aRun({ busyShare: 0.9 }, 0.7))).toBe(false);
  });
});
