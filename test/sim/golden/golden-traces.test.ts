import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { arch } from 'node:os';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { simulate } from '../../../src/sim/simulate.ts';
import { GOLDEN_MODELS } from './golden-models.ts';

const run = promisify(execFile);
const HERE = import.meta.dirname;
const OLDEST = `${HERE}/../../../tools/node-22`;
const OLDEST_NODE = `${OLDEST}/node_modules/node-linux-${arch()}/bin/node`;

/**
 * Digests that the traces always had. Where a change of the simulator is meant to change what it does, write them anew
 * with `tools/launch node test/sim/golden/print-digests.ts`, and say in the commit what the change was.
 */
const digests = JSON.parse(await readFile(`${HERE}/golden-digests.json`, 'utf8')) as Record<string, string>;

describe('gate 7: the same model and random seed go the same way, event by event', () => {
  const golden = Object.entries(GOLDEN_MODELS);

  it('is shown with twenty-seven deployments', () => {
    expect(Object.keys(digests)).toEqual(Object.keys(GOLDEN_MODELS));
    expect(new Set(Object.values(digests)).size).toBe(27);
  });

  it.each(golden)('%s has the digest it always had', (name, model) => {
    expect(simulate(model, 1).traceDigest).toBe(digests[name]);
  });

  it.each(golden)('%s has the same result, twice', (_name, model) => {
    expect(simulate(structuredClone(model), 7)).toEqual(simulate(model, 7));
  });
});

describe('gate 7, on the oldest Node.js', () => {
  beforeAll(async () => {
    if (!existsSync(OLDEST_NODE)) await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: OLDEST });
  });

  it('all deployments go the same way', async () => {
    const version = await run(OLDEST_NODE, ['--version']);
    expect(version.stdout).toMatch(/^v22\./);
    const printed = await run(OLDEST_NODE, [`${HERE}/print-digests.ts`]);
    expect(JSON.parse(printed.stdout)).toEqual(digests);
  });
});
