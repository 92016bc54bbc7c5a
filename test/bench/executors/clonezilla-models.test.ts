import { describe, expect, it } from 'vitest';
import { simExecutor } from '../../../src/bench/executors/sim/sim-executor.ts';
import { theoryExecutor } from '../../../src/bench/executors/theory/theory-executor.ts';
import type { Transport } from '../../../src/bench/record/run-record.ts';
import { aRun, aScenario, aWatch } from './a-run.ts';

const transports = {
  unicast: {},
  'clonezilla-unicast': {},
  multicast: { rate: '3 MB/s' },
  'clonezilla-multicast': { rate: '3 MB/s' },
};

const timesBy = async (executor: typeof theoryExecutor, transport: Transport) => {
  const scenario = aScenario({ transports });
  const { formula, fleet } = await executor.run(aRun({ scenario, transport, machines: 4 }), aWatch());
  return { formula: formula?.makespanS, doneS: fleet.map(({ doneS }) => doneS) };
};

describe('the models of Clonezilla', () => {
  it.each([
    ['clonezilla-unicast', 'unicast'],
    ['clonezilla-multicast', 'multicast'],
  ] as const)('%s takes the time of a streamed %s, by formula and simulated', async (transport, model) => {
    const sim = simExecutor();
    for (const executor of [theoryExecutor, sim])
      expect(await timesBy(executor, transport)).toEqual(await timesBy(executor, model));
    await sim.close?.();
  });
});
