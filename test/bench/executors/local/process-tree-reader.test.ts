import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cpuSecondsOf, descendantsOf } from '../../../../src/bench/executors/local/process-tree-reader.ts';
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
