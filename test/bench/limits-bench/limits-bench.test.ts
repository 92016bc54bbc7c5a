import { describe, expect, it } from 'vitest';
import { LIMIT_NAMES, limitCase } from '../../../src/bench/limits-bench/limit-case.ts';
import {
  errorOf,
  isBelow,
  type LimitFigure,
  verdictOn,
} from '../../../src/bench/limits-bench/limit-result.ts';
import { limitTable } from '../../../src/bench/limits-bench/limit-table.ts';
import { measureLimits } from '../../../src/bench/limits-bench/measure-limits.ts';
import { dayAround } from '../../../src/bench/limits-bench/minute.ts';
import { checkLimits } from '../../../src/engine/swarm/swarm-limits.ts';

function aFigure(measuredBps: number, capacityBps: number | null = null): LimitFigure {
  return { name: 'total-up', part: 'both', limitBps: 100, measuredBps, seconds: 5, capacityBps };
}

describe('what came through at a limit', () => {
  it.each([
    ['as much as it', aFigure(100), 'within'],
    ['3 % less', aFigure(97.1), 'within'],
    ['more than 3 % more, whatever the computer carries', aFigure(103.2, 50), 'outside'],
    ['too little, of a computer that carries more', aFigure(96, 200), 'outside'],
    ['too little, and the computer carries no more', aFigure(60, 62), 'notMeasured'],
  ] as const)('is judged: %s', (_what, figure, verdict) => {
    expect(verdictOn(figure)).toBe(verdict);
  });

  it('is looked at again without a limit where it was too little', () => {
    expect([96, 98, 104].map((bps) => isBelow(aFigure(bps)))).toEqual([true, false, false]);
    expect(errorOf(aFigure(96))).toBeCloseTo(-0.04);
  });

  it('stands in a table with its verdict, and what the computer carries where that was the reason', () => {
    const { columns, rows } = limitTable([aFigure(101e6), { ...aFigure(60e6, 62e6), limitBps: 100e6 }]);
    expect(rows.every((row) => row.length === columns.length)).toBe(true);
    expect(rows[1]!.at(-1)).toBe('not measured: this computer carries 62.00 MB/s without a limit');
  });
});

it('every kind of limit is one that our client takes', () => {
  for (const name of LIMIT_NAMES) checkLimits(limitCase(name).limitsOf(1));
});

describe('the full minute at which a limit changes', () => {
  it.each([
    ['09:59:20', 30_000, 10_000, '10:00'],
    ['09:59:40', 30_000, 50_000, '10:01'],
    ['23:59:00', 60_000, 0, '00:00'],
  ])('from %s, %d ms before it', (now, leadMs, waitMs, change) => {
    const day = dayAround(new Date(`2026-11-29T${now}`), leadMs);
    expect(day).toMatchObject({ waitMs, change });
    expect(new Date(day.changeMs).getSeconds()).toBe(0);
  });
});

it('a limit of our client is measured', async (context) => {
  const watch = { signal: context.signal, waits() {}, measured() {} };
  const figures = await measureLimits({ names: ['peer-up'], ratesBps: [500_000], seconds: 1 }, watch);
  expect(figures.map(({ part }) => part)).toEqual(['first', 'second']);
  // How exactly is for the benchmark: a test may run on a computer that is busy.
  for (const { measuredBps } of figures) expect(measuredBps).toBeLessThan(1_000_000);
  for (const { measuredBps } of figures) expect(measuredBps).toBeGreaterThan(0);
});
