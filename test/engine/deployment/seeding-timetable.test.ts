import { describe, expect, it } from 'vitest';
import { seedingTimetable } from '../../../src/engine/deployment/seeding-timetable.ts';
import { limitsAt } from '../../../src/engine/swarm/swarm-limits.ts';
import { serverSettings } from './some-server-settings.ts';

const timetableOf = async (swarm: object) => seedingTimetable((await serverSettings({ swarm })).swarm);
const at = (time: string) => new Date(`2026-11-29T${time}:00`);
const sending = (upBps: number) => ({ upBps, downBps: Number.POSITIVE_INFINITY });

describe('what a server sends of an image', () => {
  it('has no limit where the settings name none', async () => {
    expect(limitsAt(await timetableOf({}), at('12:00'))).toEqual({ sites: {} });
  });

  it('keeps to the limits of the time of the day, and else to those of all day', async () => {
    const timetable = await timetableOf({
      limits: { machine: 100_000 },
      timetable: [
        { from: '08:00', to: '17:00', limits: { total: 50_000, sites: { 'room 7': 10_000 } } },
        { from: '22:00', to: '06:00', limits: {} },
      ],
    });
    const allDay = { peer: sending(100_000), sites: {} };
    expect(limitsAt(timetable, at('07:59'))).toEqual(allDay);
    expect(limitsAt(timetable, at('08:00'))).toEqual({
      total: sending(50_000),
      sites: { 'room 7': sending(10_000) },
    });
    expect(limitsAt(timetable, at('17:00'))).toEqual(allDay);
    expect(limitsAt(timetable, at('23:30'))).toEqual({ sites: {} });
    expect(limitsAt(timetable, at('06:00'))).toEqual(allDay);
  });

  it.each([
    ['swarm.timetable.0.from', { timetable: [{ from: '8:00', to: '17:00', limits: {} }] }],
    ['swarm.timetable.0.limits.total', { timetable: [{ from: '08:00', to: '17:00', limits: { total: 0 } }] }],
    ['swarm.limits.machine', { limits: { machine: -1 } }],
    ['swarm.limits', { limits: { peer: 1 } }],
  ])('is refused by the name of the setting that cannot be: %s', async (field, swarm) => {
    await expect(timetableOf(swarm)).rejects.toMatchObject({ field });
  });
});

describe('a server whose swarms run webtorrent', () => {
  const settingsOf = (settings: { upload?: number; site?: string; swarm?: object }) =>
    serverSettings({ ...settings, swarm: { client: 'webtorrent', ...settings.swarm } });

  it('keeps to what all machines get together, whatever the time of the day', async () => {
    const timetable = [{ from: '08:00', to: '17:00', limits: { total: 10_000 } }];
    const { swarm } = await settingsOf({ swarm: { limits: { total: 100_000 }, timetable } });
    expect(swarm).toMatchObject({ timetable });
  });

  it.each([
    ['upload', { upload: 10_000 }, 'swarm.limits.total'],
    ['site', { site: 'room 7' }, 'leave it out'],
    ['swarm.limits.machine', { swarm: { limits: { machine: 10_000 } } }, 'total'],
    ['swarm.limits.sites', { swarm: { limits: { sites: { 'room 7': 10_000 } } } }, 'total'],
    [
      'swarm.timetable.1.limits.machine',
      {
        swarm: {
          timetable: [
            { from: '08:00', to: '09:00', limits: {} },
            { from: '09:00', to: '10:00', limits: { machine: 10_000 } },
          ],
        },
      },
      'total',
    ],
  ])('is refused %s, and told what to do', async (field, settings, remedy) => {
    const refused = settingsOf(settings);
    await expect(refused).rejects.toMatchObject({ field, message: expect.stringContaining(remedy) });
    await expect(refused).rejects.toThrow('leave `swarm.client` at swarmboot');
  });

  it('is one of the clients that there are', async () => {
    await expect(settingsOf({ swarm: { client: 'other' } })).rejects.toMatchObject({ field: 'swarm.client' });
  });
});
