import { describe, expect, it } from 'vitest';
import { timesInStat, useBetween } from '../../../../src/bench/executors/local/processor-times.ts';

/** After so many ticks of each kind, with one processor. */
function aStat(kinds: Partial<Record<(typeof KINDS)[number], number>>): string {
  const counts = KINDS.map((kind) => kinds[kind] ?? 0).join(' ');
  return `cpu  ${counts}\ncpu0 ${counts}\nintr 77 0 1\nctxt 12\n`;
}

const KINDS = [
  ...(['user', 'nice', 'system', 'idle', 'iowait'] as const),
  ...(['irq', 'softirq', 'steal', 'guest', 'guest_nice'] as const),
];

const useOf = (kinds: Parameters<typeof aStat>[0]) =>
  useBetween(timesInStat(aStat({}))!, timesInStat(aStat(kinds))!);

describe('the time of the processors', () => {
  it('is what the kernel says of all together', () => {
    const kinds = { user: 10, nice: 1, system: 5, idle: 70, iowait: 4, irq: 1, softirq: 6, steal: 3 };
    expect(timesInStat(aStat(kinds))).toEqual({ busyMs: 260, softirqMs: 60, totalMs: 1000 });
  });

  it('is in use for packets and by other virtual machines, and not while a disk is waited for', () => {
    expect(useOf({ softirq: 30, idle: 70 })).toEqual({ busyShare: 0.3, softirqShare: 0.3 });
    expect(useOf({ user: 20, softirq: 10, idle: 70 })).toEqual({ busyShare: 0.3, softirqShare: 0.1 });
    expect(useOf({ steal: 25, idle: 75 })).toEqual({ busyShare: 0.25, softirqShare: 0 });
    expect(useOf({ user: 10, iowait: 90 })).toEqual({ busyShare: 0.1, softirqShare: 0 });
  });

  it('counts guests once: they are part of the time of users', () => {
    expect(useOf({ user: 40, guest: 40, idle: 60 })).toMatchObject({ busyShare: 0.4 });
  });

  it('is not known of a text that says something else', () => {
    expect(timesInStat('')).toBeNull();
    expect(timesInStat('cpu  1 2 3 4\n')).toBeNull();
  });

  it('is nothing between a moment and itself', () => {
    const now = timesInStat(aStat({ user: 5, idle: 5 }))!;
    expect(useBetween(now, now)).toEqual({ busyShare: 0, softirqShare: 0 });
  });
});
