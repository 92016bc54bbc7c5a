import { utimes } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { basisOf } from '../../../src/bench/executors/basis.ts';
import { executorNamed } from '../../../src/bench/index.ts';
import { anImageFile, someBytes } from '../../engine/an-image.ts';
import { aCost, aProbe } from '../probe/a-probe.ts';

const hardware = () => Promise.reject(new Error('there is none'));

describe('what a run rests on', () => {
  it('is the probe of a simulation, by what is in it', async () => {
    const probe = aProbe({ p2p: aCost() });
    const slower = aProbe({ p2p: aCost({ startUp: 2 }) });
    const basis = await basisOf('sim', { probe });
    expect(basis).toMatch(/^the probe [0-9a-f]{12} of 2026-01-02T03:04:05\.000Z$/);
    expect(await basisOf('sim', { probe: structuredClone(probe) })).toBe(basis);
    expect(await basisOf('sim', { probe: slower })).not.toBe(basis);
    expect(await basisOf('netns', { probe })).toBeUndefined();
    expect((await executorNamed('sim', { lab: {}, hardware, probe })).basis).toBe(basis);
  });

  it('is the image of a lab, which is another one when it was changed', async () => {
    const image = await anImageFile(someBytes(10_000));
    await utimes(image, 0, new Date('2026-01-02T00:00:00Z'));
    const basis = await basisOf('local', { image });
    expect(basis).toBe('the image image.img of 10000 bytes, last changed 2026-01-02T00:00:00.000Z');
    await utimes(image, 0, new Date('2026-01-03T00:00:00Z'));
    expect(await basisOf('local', { image })).not.toBe(basis);
    expect(await basisOf('sim', { image })).toBeUndefined();
    expect((await executorNamed('netns', { lab: { image }, hardware })).basis).toContain('image.img');
  });

  it('is the image and the room of real machines', async () => {
    const settings = {
      access: { url: 'http://127.0.0.1:1', token: 't' },
      room: ['tag:room7', '02:00:00:00:00:01'],
      golden: 'win11',
      patienceMs: 1,
    };
    const executor = await executorNamed('hardware', { lab: {}, hardware: () => Promise.resolve(settings) });
    expect(executor.basis).toBe('the image win11 on tag:room7, 02:00:00:00:00:01');
  });

  it('is nothing where nothing was given', async () => {
    expect(await basisOf('sim', {})).toBeUndefined();
    expect(await executorNamed('local', { lab: {}, hardware })).not.toHaveProperty('basis');
  });
});
