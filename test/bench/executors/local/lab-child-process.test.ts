import { readdir, readFile } from 'node:fs/promises';
import { describe, it, onTestFinished } from 'vitest';
import { LabChild } from '../../../../src/bench/executors/local/lab-child-process.ts';
import { killed, until } from './a-lab.ts';

const BUSY_SHELL = new URL('./busy-shell-process.ts', import.meta.url);

/** Processes of `sleep` with this argument. */
async function sleepers(seconds: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    if (command === `sleep\0${seconds}\0`) found.push(Number(name));
  }
  return found;
}

describe('a process of the lab', () => {
  it.each(['kill', 'terminate'] as const)('takes with it what is started in this moment: %s', async (end) => {
    for (let round = 0; round < 3; round++) {
      // Longer than the time limit of the test: none that is left ends by itself.
      const seconds = `3000.${process.pid}${end.length}${round}`;
      const child = new LabChild<string, string>(BUSY_SHELL, [], () => {});
      onTestFinished(async () => {
        for (const pid of await sleepers(seconds)) killed(pid);
      });
      child.send(seconds);
      await until(async () => (await sleepers(seconds)).length > 40);
      child[end]();
      await child.ended;
      await until(async () => (await sleepers(seconds)).length === 0);
    }
  });
});
