import { describe, expect, it } from 'vitest';
import { seedingTimetable } from '../../../src/engine/deployment/seeding-timetable.ts';
import { serverSettingsOf } from '../../../src/engine/deployment/server-settings.ts';
import { limitsAt } from '../../../src/engine/swarm/swarm-limits.ts';

const timetableOf = (swarm: object) => seedingTimetable(serverSettingsOf({ interface: 'eth0', swarm }).swarm);
const at = (time: string) => new Date(`2026-11-29T${time}:00`);
const sending = (upBps: number) => ({ upBps, downBps: Number.POSITIVE_INFINITY });

describe('what a server sends of an image', () => {
  it('has no limit where the settings name none', () => {
    expect(limitsAt(timetableOf({}), at('12:00'))).toEqual({ sites: {} });
  });

  it('keeps to the limits of the time of the day, and else to those of all day', () => {
    const timetable = timetableOf({
      limits: { machine: 100 },
      timetable: [
        { from: '08:00', to: '17:00', limits: { total: 10, sites: { 'room 7': 5 } } },
        { from: '22:00', to: '06:00', limits: {} },
      ],
    });
    const allDay = { peer: sending(100), sites: {} };
    expect(limitsAt(timetable, at('07:59'))).toEqual(allDay);
    expect(limitsAt(timetable, at('08:00'))).toEqual({ total: sending(10), sites: { 'room 7': sending(5) } });
    expect(limitsAt(timetable, at('17:00'))).toEqual(allDay);
    expect(limitsAt(timetable, at('23:30'))).toEqual({ sites: {} });
    expect(limitsAt(timetable, at('06:00'))).toEqual(allDay);
  });

  it.each([
    ['swarm.timetable.0.from', { timetable: [{ from: '8:00', to: '17:00', limits: {} }] }],
    ['swarm.timetable.0.limits.total', { timetable: [{ from: '08:00', to: '17:00', limits: { total: 0 } }] }],
    ['swarm.limits.machine', { limits: { machine: -1 } }],
    ['swarm.limits', { limits: { peer: 1 } }],
  ])('is refused by the name of the setting that cannot be: %s', (field, swarm) => {
    expect(() => timetableOf(swarm)).toThrow(expect.objectContaining({ field }));
  });
});

describe('a server whose swarms run webtorrent', () => {
  const settingsOf = (settings: { upload?: number; site?: string; swarm?: object }) =>
    serverSettingsOf({ interface: 'eth0', ...settings, swarm: { client: 'webtorrent', ...settings.swarm } });

  it('keeps to what all machines get together, whatever the time of the day', () => {
    const timetable = [{ from: '08:00', to: '17:00', limits: { total: 10 } }];
    expect(settingsOf({ swarm: { limits: { total: 100 }, timetable } }).swarm).toMatchObject({ timetable });
  });

  it.each([
    ['upload', { upload: 1 }, 'swarm.limits.total'],
    ['site', { site: 'room 7' }, 'leave it out'],
    ['swarm.limits.machine', { swarm: { limits: { machine: 1 } } }, 'total'],
    ['swarm.limits.sites', { swarm: { limits: { sites: { 'room 7': 1 } } } }, 'total'],
    [
      'swarm.timetable.1.limits.machine',
      {
        swarm: {
          timetable: [
            { from: '08:00', to: '09:00', limits: {} },
            { from: '09:00', to: '10:00', limits: { machine: 1 } },
          ],
        },
      },
      'total',
    ],
  ])('is refused %s, and told what to do', (field, settings, remedy) => {
    const refused = expect.objectContaining({ field, message: expect.stringContaining(remedy) });
    expect(() => settingsOf(settings)).toThrow(refused);
    expect(() => settingsOf(settings)).toThrow('leave `swarm.client` at swarmboot');
  });

  it('is one of the clients that there are', () => {
    expect(() => settingsOf({ swarm: { client: 'other' } })).toThrow(
      expect.objectContaining({ field: 'swarm.client' }),
    );
  });
});
