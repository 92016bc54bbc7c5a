import { describe, expect, it } from 'vitest';
import { timeOption } from '../../src/cli/time-option.ts';

const NOW = new Date(2026, 10, 26, 21, 30);

describe('a time to come', () => {
  it('by the clock is the next time that clocks show it', () => {
    expect(timeOption('--at', '22:00', NOW)).toBe(new Date(2026, 10, 26, 22, 0).toISOString());
    expect(timeOption('--at', '6:05', NOW)).toBe(new Date(2026, 10, 27, 6, 5).toISOString());
    expect(timeOption('--at', '21:30', NOW)).toBe(new Date(2026, 10, 27, 21, 30).toISOString());
  });

  it('with a date is local, or in the zone that it names', () => {
    expect(timeOption('--at', '2026-11-27 06:00', NOW)).toBe(new Date(2026, 10, 27, 6).toISOString());
    expect(timeOption('--at', '2026-12-01T22:00:00+01:00', NOW)).toBe('2026-12-01T21:00:00.000Z');
  });

  it.each(['soon', '24:00', '1', '2026-13-01 10:00', '22:00:00x', '2026-11-26 21:29'])(
    'is neither past nor no time: %s',
    (text) => {
      expect(() => timeOption('--at', text, NOW)).toThrow(/--at: /);
    },
  );
});
