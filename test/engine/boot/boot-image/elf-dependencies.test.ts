import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { elfDependencies } from '../../../../src/engine/boot/boot-image/elf-dependencies.ts';
import { installedTool } from '../../../bench/executors/local/installed-tool.ts';

describe('what a program needs', () => {
  it.for(['/bin/ls', process.execPath])('is what readelf says: %s', (program, context) => {
    const readelf = installedTool(context, 'readelf', 'binutils');
    const said = execFileSync(readelf, ['--dynamic', '--program-headers', '--wide', program], {
      encoding: 'utf8',
    });
    const libraries = [...said.matchAll(/\(NEEDED\).*\[(.*)\]/g)].map(([, name]) => name);
    const interpreter = /program interpreter: (.*)\]/.exec(said)?.[1];
    expect(libraries.length).toBeGreaterThan(0);
    expect(elfDependencies(readFileSync(program))).toEqual({ interpreter, libraries });
  });

  it('is unknown of a script', () => {
    expect(elfDependencies(Buffer.from('#!/bin/sh\n'))).toBeUndefined();
  });
});
