import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  checkLimits,
  checkTimetable,
  keepTimetable,
  limitsAt,
  type SwarmLimits,
} from '../../../src/engine/swarm/swarm-limits.ts';

const limits = (downBps: number): SwarmLimits => ({ total: { upBps: downBps, downBps } });

/** Local time. */
const at = (hours: number, minutes: number, seconds = 0): Date =>
  new Date(2026, 10, 26, hours, minutes, seconds);

const TIMETABLE = [
  { from: '08:00', to: '17:30', limits: limits(1) },
  { from: '22:00', to: '06:00', limits: limits(2) },
  { from: '05:00', to: '07:00', limits: limits(3) },
];

describe('limits', () => {
  it.each([0, -1, Number.NaN])('of %d bytes a second are refused: a client is paused instead', (bps) => {
    const rates = { upBps: 1, downBps: bps };
    for (const wrong of [{ total: rates }, { peer: rates }, { sites: { near: rates } }]) {
      expect(() => checkLimits(wrong)).toThrow('a rate has to be above 0');
      expect(() => checkTimetable([{ from: '08:00', to: '09:00', limits: wrong }])).toThrow('above 0');
    }
  });
});

describe('a timetable of limits', () => {
  it.each([
    ['in an entry', at(12, 0), limits(1)],
    ['at the start of an entry', at(8, 0), limits(1)],
    ['at the end of an entry, which is not in it', at(17, 30), {}],
    ['in none', at(20, 0), {}],
    ['before midnight', at(23, 59), limits(2)],
    ['after midnight', at(0, 0), limits(2)],
    ['in two of them: the first counts', at(5, 30), limits(2)],
    ['in the rest of the second', at(6, 30), limits(3)],
  ])('knows the limits %s', (_when, moment, expected) => {
    expect(limitsAt(TIMETABLE, moment)).toEqual(expected);
  });

  it.each(['24:00', '8:00', '08:60', 'noon', ''])('refuses "%s" as a time of the day', (from) => {
    const entry = { from, to: '09:00', limits: {} };
    expect(() => checkTimetable([...TIMETABLE, entry])).toThrow('is no time of the day');
  });

  /** What is applied from that time on. */
  function keptFrom(now: Date) {
    vi.useFakeTimers({ now });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const applied: SwarmLimits[] = [];
    return { applied, stop: keepTimetable(TIMETABLE, (limits) => applied.push(limits)) };
  }

  it('is applied as time goes on, until it is stopped', () => {
    const { applied, stop } = keptFrom(at(7, 59));
    expect(applied).toEqual([{}]);
    vi.advanceTimersByTime(60_000);
    expect(applied.at(-1)).toEqual(limits(1));
    stop();
    vi.advanceTimersByTime(24 * 3_600_000);
    expect(applied).toHaveLength(2);
  });

  it('is applied at the full minute, whenever it was begun', () => {
    const { applied, stop } = keptFrom(at(7, 59, 50));
    vi.advanceTimersByTime(10_000);
    expect(applied).toEqual([{}, limits(1)]);
    stop();
  });

  it('is applied once for each of its times', () => {
    const { applied, stop } = keptFrom(at(7, 0));
    vi.advanceTimersByTime(24 * 3_600_000);
    expect(applied).toEqual([{}, limits(1), {}, limits(2), limits(3), {}]);
    stop();
  });
});
