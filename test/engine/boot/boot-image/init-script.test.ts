import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { AGENT_ENVIRONMENT_WORDS } from '../../../../src/engine/agent/agent-environment.ts';
import { INIT_SCRIPT } from '../../../../src/engine/boot/boot-image/init-script.ts';
import { UDHCPC_SCRIPT } from '../../../../src/engine/boot/boot-image/network-script.ts';
import { installedTool } from '../../../bench/executors/local/installed-tool.ts';

/** busybox's shell can read with a time limit; udhcpc sets the variables of its script. */
const AS_BUSYBOX = ['--shell=dash', '--severity=warning', '--exclude=SC3045,SC2154'];

/** The script from where it starts the agent, with what stands in for the machine. @returns all that is said */
function saidFromAgentOn(agent: string): string {
  const [giveUp] = /^give_up\(\) \{.*?^\}/ms.exec(INIT_SCRIPT)!;
  const stubs = [
    'say() { echo "$*"; }',
    `node() { ${agent}; }`,
    'sync() { :; }',
    'read() { return 1; }',
    'reboot() { echo restarted; exit; }',
  ];
  const script = [...stubs, giveUp, INIT_SCRIPT.slice(INIT_SCRIPT.indexOf("say 'starting the agent'"))];
  return spawnSync('sh', ['-c', script.join('\n')], { encoding: 'utf8' }).stdout;
}

describe('the first process', () => {
  it.each([
    ['init', INIT_SCRIPT],
    ['udhcpc', UDHCPC_SCRIPT],
  ])('is a script that the shell can read: %s', (_name, script) => {
    expect(() => execFileSync('sh', ['-n'], { input: script })).not.toThrow();
  });

  it('gives the agent its environment', () => {
    expect(saidFromAgentOn('env').split('\n')).toEqual(
      expect.arrayContaining(AGENT_ENVIRONMENT_WORDS.split(' ')),
    );
  });

  it('restarts the machine when the agent is done', () => {
    expect(saidFromAgentOn('return 0')).toBe('starting the agent\ndone: the machine restarts\nrestarted\n');
  });

  it('says how the agent has failed, and restarts the machine when nobody is there', () => {
    expect(saidFromAgentOn('return 3')).toBe(
      'starting the agent\nthe agent ended with exit code 3: the machine restarts in a minute; press Enter for a shell\nrestarted\n',
    );
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
