import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const PROCESS = fileURLToPath(new URL('./web-assembly-process.ts', import.meta.url));

/** Functions of the parser are some dozens; what takes the types out of TypeScript has thousands. */
const MOST_FUNCTIONS = 1000;

/** Compilers that V8 has had work on the parser of HTTP in a process that fetches. */
async function compilersOf(way: 'plain' | 'usual'): Promise<string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--trace-wasm-compilation-times',
    PROCESS,
    way,
  ]);
  const compiled = [...stdout.matchAll(/(0x\w+)#(\d+) using (\w+),/g)].map(([, module, index, compiler]) => ({
    module: module!,
    index: Number(index),
    compiler: compiler!,
  }));
  const large = new Set(compiled.filter(({ index }) => index > MOST_FUNCTIONS).map(({ module }) => module));
  return [
    ...new Set(compiled.filter(({ module }) => !large.has(module)).map(({ compiler }) => compiler)),
  ].sort();
}

describe('the parser of fetch', () => {
  it('is optimised after some answers by itself, and is not in an agent', async () => {
    expect(await compilersOf('usual')).toEqual(['Liftoff', 'TurboFan']);
    expect(await compilersOf('plain')).toEqual(['Liftoff']);
  });
});
