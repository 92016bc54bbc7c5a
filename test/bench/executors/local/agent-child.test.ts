import { readFile } from 'node:fs/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AgentChild } from '../../../../src/bench/executors/local/agent-child.ts';
import { labPlanOf } from '../../../../src/bench/executors/local/lab-plan.ts';
import { AGENT_ENVIRONMENT } from '../../../../src/engine/index.ts';
import { aRun } from '../a-run.ts';
import { aLabScenario, childrenOf } from './a-lab.ts';

describe('an agent of the lab', () => {
  it('has the environment that boot images give theirs', async () => {
    const [machine] = labPlanOf(aRun({ source: 'local', scenario: aLabScenario() })).machines;
    const before = await childrenOf(process.pid);
    const agent = new AgentChild(machine!, { launcher: [], heard: () => {} });
    onTestFinished(() => agent.terminate());
    const [pid] = (await childrenOf(process.pid)).filter((child) => !before.includes(child));
    const environment = (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0');
    for (const [name, value] of Object.entries(AGENT_ENVIRONMENT))
      expect(environment).toContain(`${name}=${value}`);
  });
});
