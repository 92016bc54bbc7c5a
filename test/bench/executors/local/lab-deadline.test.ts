import { describe, expect, it, onTestFinished } from 'vitest';
import { Lab } from '../../../../src/bench/executors/local/lab.ts';
import { LabFiles } from '../../../../src/bench/executors/local/lab-files.ts';
import { loopback } from '../../../../src/bench/executors/local/lab-place.ts';
import { labPlanOf } from '../../../../src/bench/executors/local/lab-plan.ts';
import { labOptionsOf } from '../../../../src/bench/executors/local/lab-settings.ts';
import { aRun, aWatch } from '../a-run.ts';
import { aLabScenario } from './a-lab.ts';

describe('a lab with a deadline', () => {
  it('gives up who has not finished, and keeps the results of the others', async () => {
    const scenario = aLabScenario({ faults: [{ slow: 1, to: '1 kB/s' }] });
    const run = aRun({ source: 'local', transport: 'unicast', machines: 2, scenario });
    const { port, patienceMs, ...filesOptions } = labOptionsOf({});
    const files = new LabFiles(filesOptions);
    onTestFinished(() => files.close());
    const options = { files, port, patienceMs, deadlineMs: 15_000, place: loopback };
    const lab = new Lab(labPlanOf(run), options, aWatch());
    try {
      const { fleet, unfinishedAfterS } = await lab.run();
      expect(unfinishedAfterS).toBe(15);
      expect(fleet).toMatchObject([
        { isVerified: false, failure: 'given up during download: it had not finished after 15 s' },
        { isVerified: true, failure: null },
      ]);
    } finally {
      await lab.close();
    }
  });
});
