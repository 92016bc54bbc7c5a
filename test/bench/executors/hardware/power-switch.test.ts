import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { switchOn } from '../../../../src/bench/executors/hardware/power-switch.ts';
import { aFolder } from '../../../engine/an-image.ts';
import { isRunning, until } from '../local/a-lab.ts';

const MACHINE = { label: 'm001', mac: '52:54:00:00:00:01', name: 'desk-1' };
const { signal } = new AbortController();

describe('the command that switches a machine on', () => {
  it('is told which machine is meant', async () => {
    const file = join(await aFolder(), 'said');
    await switchOn(`echo $MACHINE $NAME > ${file}`, MACHINE, { signal });
    expect(await readFile(file, 'utf8')).toBe('52:54:00:00:00:01 desk-1\n');
  });

  it('that fails is a failure of the run, in its own words', async () => {
    await expect(switchOn('echo no answer >&2; exit 3', MACHINE, { signal })).rejects.toMatchObject({
      code: 'POWER',
      message: 'the command of --power failed for desk-1: no answer',
    });
  });

  it('that never ends is ended, with what it has started', async () => {
    const file = join(await aFolder(), 'pid');
    const command = `sleep 60 & echo $! > ${file}; wait`;
    await expect(switchOn(command, MACHINE, { signal, limitMs: 500 })).rejects.toMatchObject({
      code: 'LAB_STEP',
      message: 'desk-1: the command of --power was not over after 0.5 s',
    });
    const sleeper = Number(await readFile(file, 'utf8'));
    await until(() => !isRunning(sleeper));
  });
});
