import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { vmExecutor } from '../../src/bench/executors/vm/vm-executor.ts';
import { PHASES } from '../../src/bench/record/run-record.ts';
import { aRun, aScenario, aWatch } from '../bench/executors/a-run.ts';
import { skipOrFail } from '../bench/executors/local/installed-tool.ts';
import { namespacesBy } from '../bench/executors/netns/a-netns-lab.ts';

const IMAGE_BYTES = 64 * 2 ** 20;
const run = aRun({
  source: 'vm',
  scenario: aScenario({
    image: { size: '64 MiB', pieceLength: '512 KiB' },
    fleet: { machines: [2] },
    transports: { p2p: {} },
  }),
  machines: 2,
});

/** Those of this process: others of the computer come and go. */
async function scratchFolders(): Promise<string[]> {
  const ours = new RegExp(`^swarmboot-vm-\\d+-${process.pid}-`);
  return (await readdir(tmpdir())).filter((name) => ours.test(name));
}

/** One of an earlier process with this number may have been removed meanwhile. */
async function newSince(before: readonly string[]): Promise<string[]> {
  return (await scratchFolders()).filter((name) => !before.includes(name));
}

describe('the vm lab', () => {
  it('answers a scenario from power-on to the start from the own disk, and leaves nothing behind', async (context) => {
    const { missing } = inject('golden');
    if (missing !== null) skipOrFail(context, missing);
    const before = await scratchFolders();
    const executor = vmExecutor();
    onTestFinished(() => executor.close!());
    expect(executor.unsupported(run.scenario, 'p2p')).toEqual([]);
    const outcome = await executor.run(run, aWatch());
    expect(outcome.fleet.map(({ failure, isVerified }) => [failure, isVerified])).toEqual([
      [null, true],
      [null, true],
    ]);
    for (const { phases, downloadedBytes } of outcome.fleet) {
      expect(Object.keys(phases).sort()).toEqual(PHASES.filter((phase) => phase !== 'write').sort());
      expect(downloadedBytes).toBeGreaterThan(0);
    }
    expect(outcome.serverUploadedBytes! / IMAGE_BYTES).toBeLessThan(2);
    await executor.close!();
    expect(namespacesBy(process.pid)).toEqual([]);
    expect(await newSince(before)).toEqual([]);
  });

  it('leaves nothing behind when it is interrupted while machines boot', async (context) => {
    const { missing } = inject('golden');
    if (missing !== null) skipOrFail(context, missing);
    const before = await scratchFolders();
    const executor = vmExecutor();
    onTestFinished(() => executor.close!());
    const interruption = new AbortController();
    const watch = { ...aWatch(interruption.signal), machineProgressed: () => interruption.abort('Ctrl-C') };
    await expect(executor.run(run, watch)).rejects.toBe('Ctrl-C');
    await executor.close!();
    expect(namespacesBy(process.pid)).toEqual([]);
    expect(await newSince(before)).toEqual([]);
  });
});
