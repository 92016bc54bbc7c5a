import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { AGENT_ENVIRONMENT_WORDS } from '../../../../src/engine/agent/agent-environment.ts';
import { INIT_SCRIPT, UDHCPC_SCRIPT } from '../../../../src/engine/boot/boot-image/init-script.ts';
import { installedTool } from '../../../bench/executors/local/installed-tool.ts';

/** busybox's shell can read with a time limit; udhcpc sets the variables of its script. */
const AS_BUSYBOX = ['--shell=dash', '--severity=warning', '--exclude=SC3045,SC2154'];

describe('the first process', () => {
  it.each([
    ['init', INIT_SCRIPT],
    ['udhcpc', UDHCPC_SCRIPT],
  ])('is a script that the shell can read: %s', (_name, script) => {
    expect(() => execFileSync('sh', ['-n'], { input: script })).not.toThrow();
  });

  it('gives the agent its environment', () => {
    const agent = INIT_SCRIPT.split('\n').find((line) => line.includes('agent.mjs'))!;
    const script = `node() { env; }; ${agent} exit 3; fi`;
    const { stdout, status } = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
    expect(status).toBe(3);
    expect(stdout.split('\n')).toEqual(expect.arrayContaining(AGENT_ENVIRONMENT_WORDS.split(' ')));
  });

  it('has nothing in it that shellcheck warns of', (context) => {
    const shellcheck = installedTool(context, 'shellcheck', 'shellcheck');
    for (const script of [INIT_SCRIPT, UDHCPC_SCRIPT]) {
      const said = execFileSync(shellcheck, [...AS_BUSYBOX, '-'], {
        input: script.replace('#!/bin/busybox sh', '#!/bin/sh'),
        encoding: 'utf8',
      });
      expect(said).toBe('');
    }
  });
});
