import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  cpuSecondsOf,
  descendantsOf,
  peakMemoryOf,
} from '../../../../src/bench/executors/local/process-tree-reader.ts';
import { until } from './a-lab.ts';
import { skipOrFail } from './installed-tool.ts';

const GRANDCHILD = `
  const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  process.stdout.write(String(child.pid));
`;

describe('the tree of a process', () => {
  it('has children and grandchildren', async (context) => {
    if (!existsSync('/proc/self/task')) skipOrFail(context, 'needs /proc');
    const child = spawn(process.execPath, ['-e', GRANDCHILD], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [grandchild] = await once(child.stdout, 'data');
    onTestFinished(() => {
      process.kill(Number(grandchild), 'SIGKILL');
      child.kill('SIGKILL');
    });
    expect(descendantsOf(process.pid)).toEqual(expect.arrayContaining([child.pid, Number(grandchild)]));
  });

  it('has held memory, and remembers the most of it, by the name of each process', async (context) => {
    if (!existsSync('/proc/self/task')) skipOrFail(context, 'needs /proc');
    const hog = 'Buffer.alloc(200e6, 1); process.stdout.write("held"); setInterval(() => {}, 1000)';
    const child = spawn(process.execPath, ['-e', hog], { stdio: ['ignore', 'pipe', 'ignore'] });
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    await once(child.stdout, 'data');
    // It is asked twice, and may not need more meanwhile.
    child.kill('SIGSTOP');
    await until(() => readFileSync(`/proc/${child.pid}/stat`, 'utf8').includes(') T '));
    const { parent, ...children } = peakMemoryOf(process.pid, 'parent')!;
    expect(parent).toBeGreaterThan(10e6);
    const held = Object.values(children).reduce((sum, bytes) => sum + bytes, 0);
    expect(held).toBeGreaterThan(200e6);
    expect(held).toBeLessThan(1e9);
    expect(peakMemoryOf(child.pid!, 'hog')).toEqual({ hog: held });
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(peakMemoryOf(child.pid!, 'hog')).toBeNull();
  });

  it('has taken processor time, of which a process that is gone tells nothing', async (context) => {
    if (!existsSync('/proc/self/task')) skipOrFail(context, 'needs /proc');
    const { user, system } = process.cpuUsage();
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    // The system counts in ticks of 10 ms, user and kernel mode each.
    expect(cpuSecondsOf(process.pid)).toBeGreaterThanOrEqual((user + system) / 1e6 - 0.02);
    expect(cpuSecondsOf(child.pid!)).toBeNull();
  });
});
