import { describe, expect, it, onTestFinished } from 'vitest';
import { AgentChild } from '../../../../src/bench/executors/local/agent-child.ts';
import { labPlanOf } from '../../../../src/bench/executors/local/lab-plan.ts';
import { aRun } from '../a-run.ts';
import { aLabScenario, until } from './a-lab.ts';

function anAgent(): AgentChild {
  const { machines } = labPlanOf(aRun({ source: 'local', scenario: aLabScenario(), machines: 1 }));
  const agent = new AgentChild(machines[0]!, [], () => {});
  onTestFinished(() => agent.terminate());
  return agent;
}

describe('the process of a machine', () => {
  it('has its processor time counted once while it is cut off', async () => {
    const agent = anAgent();
    await until(() => agent.reading().cpuS! > 0.1);
    const usedS = agent.reading().cpuS!;
    const cut = agent.losePower();
    expect(agent.reading().cpuS ?? 0).toBeLessThan(1.5 * usedS);
    await agent.terminate();
    await cut;
  });
});
