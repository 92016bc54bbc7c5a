import { describe, expect, it, onTestFinished } from 'vitest';
import { AgentChild } from '../../../../src/bench/executors/local/agent-child.ts';
import type { AgentProcessTask, ServerTask } from '../../../../src/bench/executors/local/lab-messages.ts';
import { labPlanOf } from '../../../../src/bench/executors/local/lab-plan.ts';
import { ServerChild } from '../../../../src/bench/executors/local/server-child.ts';
import { withinLimit } from '../../../../src/bench/executors/local/step-limit.ts';
import { aRun } from '../a-run.ts';
import { aLabScenario, childrenOf } from './a-lab.ts';

/** In the place of Node: it is there, and never says a word. */
const SILENT = ['sh', '-c', 'exec sleep 60'];

describe('a step beside the transfer', () => {
  it('comes to its own end in time', async () => {
    const step = { host: 'server', name: 'its work' };
    expect(await withinLimit(Promise.resolve(7), step)).toBe(7);
    await expect(withinLimit(Promise.reject(new Error('broken')), step)).rejects.toThrow('broken');
  });

  it('of a server that says nothing fails by its name', async () => {
    const server = new ServerChild({} as ServerTask, SILENT, 50);
    onTestFinished(() => server.terminate());
    await expect(server.prepare()).rejects.toMatchObject({
      code: 'LAB_STEP',
      message: 'server: its preparation was not over after 0.05 s',
    });
    await expect(server.uploadedBytes()).rejects.toThrow(
      'server: the count of what it has sent was not over',
    );
  });

  it('of an agent that says nothing fails by its name, and the agent is gone', async () => {
    const [machine] = labPlanOf(aRun({ source: 'local', scenario: aLabScenario() })).machines;
    const before = await childrenOf(process.pid);
    const agent = new AgentChild(machine!, { launcher: SILENT, heard: () => {}, stepMs: 50 });
    onTestFinished(() => agent.terminate());
    await expect(agent.prepare({} as AgentProcessTask)).rejects.toMatchObject({
      code: 'LAB_STEP',
      message: 'm001: its warm-up was not over after 0.05 s',
    });
    await agent.settled;
    expect(await childrenOf(process.pid)).toEqual(before);
  });
});
