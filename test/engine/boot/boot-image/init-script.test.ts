import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
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
