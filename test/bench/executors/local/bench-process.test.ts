import { execFile, spawn } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { aFolder, someBytes } from '../../../engine/an-image.ts';
import { childrenOf, isRunning, until } from './a-lab.ts';
import { installedTool, skipOrFail } from './installed-tool.ts';

const BENCH = fileURLToPath(new URL('./bench-process.ts', import.meta.url));
const run = promisify(execFile);

describe('a bench that is killed', () => {
  it('leaves no process and no scratch folder behind', async () => {
    const workFolder = await aFolder();
    const scenario = { network: { server: { up: '100 kB/s' }, machine: { up: '100 kB/s' } } };
    const settings = { machines: 2, scenario, options: { workFolder } };
    const bench = spawn(process.execPath, [BENCH, JSON.stringify(settings)], { stdio: 'ignore' });
    onTestFinished(() => {
      bench.kill('SIGKILL');
    });
    await until(async () => (await childrenOf(bench.pid!)).length === 4);
    await until(async () => (await readdir(workFolder)).length === 1);
    const children = await childrenOf(bench.pid!);
    bench.kill('SIGKILL');
    await until(() => !children.some(isRunning));
    expect(await readdir(workFolder)).toEqual([]);
  });
});

describe('a disk that is full', () => {
  it('fails its machine with a sentence, and nothing else', async (context) => {
    const unshare = installedTool(context, 'unshare', 'util-linux');
    const workFolder = await aFolder();
    const image = join(await aFolder(), 'image.img');
    await writeFile(image, someBytes(4 * 2 ** 20));
    const inNamespace = ['--user', '--map-root-user', '--mount', 'sh', '-c'];
    // Room for one disk and a half.
    const mount = `mount -t tmpfs -o size=6m tmpfs "${workFolder}"`;
    await run(unshare, [...inNamespace, mount]).catch((error: Error) =>
      skipOrFail(context, `needs the right to mount in a user namespace: ${error.message}`),
    );
    const settings = { machines: 2, transport: 'unicast', options: { workFolder, image } };
    const bench = `exec "${process.execPath}" "${BENCH}" "$0"`;
    const { stdout } = await run(unshare, [...inNamespace, `${mount} && ${bench}`, JSON.stringify(settings)]);
    const fleet = JSON.parse(stdout) as { failure: string | null; isVerified: boolean }[];
    expect(fleet.some(({ failure }) => failure !== null)).toBe(true);
    for (const { failure, isVerified } of fleet) {
      if (failure === null) expect(isVerified).toBe(true);
      else expect(failure).toMatch(/^the disk is full: disk offset \d+ could not be written \(ENOSPC\)$/);
    }
  });
});
