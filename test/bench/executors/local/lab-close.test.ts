import { readdir } from 'node:fs/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Lab } from '../../../../src/bench/executors/local/lab.ts';
import { LabFiles } from '../../../../src/bench/executors/local/lab-files.ts';
import { loopback } from '../../../../src/bench/executors/local/lab-place.ts';
import { labPlanOf } from '../../../../src/bench/executors/local/lab-plan.ts';
import { labOptionsOf } from '../../../../src/bench/executors/local/lab-settings.ts';
import { diskFileOf } from '../../../../src/bench/executors/local/lab-tasks.ts';
import { aFolder } from '../../../engine/an-image.ts';
import { aRun, aWatch } from '../a-run.ts';
import { aLabScenario, childrenOf } from './a-lab.ts';

describe('a lab whose hosts cannot be removed', () => {
  it('says so, and removes all the rest', async () => {
    const workFolder = await aFolder();
    const before = await childrenOf(process.pid);
    const { port, patienceMs, ...filesOptions } = labOptionsOf({ workFolder });
    const files = new LabFiles(filesOptions);
    onTestFinished(() => files.close());
    const place = { ...loopback, close: () => Promise.reject(new Error('a host is busy')) };
    const run = aRun({ source: 'local', transport: 'unicast', machines: 1, scenario: aLabScenario() });
    const lab = new Lab(labPlanOf(run), { files, port, patienceMs, deadlineMs: Infinity, place }, aWatch());
    expect((await lab.run()).fleet).toMatchObject([{ isVerified: true }]);
    const disks = async () =>
      (await readdir(workFolder, { recursive: true })).filter((name) => name.endsWith(diskFileOf('m001')));
    expect(await disks()).toHaveLength(1);
    await expect(lab.close()).rejects.toThrow('a host is busy');
    expect(await disks()).toEqual([]);
    await files.close();
    expect(await childrenOf(process.pid)).toEqual(before);
  });
});
