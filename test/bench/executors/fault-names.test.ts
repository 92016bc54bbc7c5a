import { describe, expect, it } from 'vitest';
import { unsupportedByHardware } from '../../../src/bench/executors/hardware/hardware-limits.ts';
import { localExecutor } from '../../../src/bench/executors/local/local-executor.ts';
import { netnsExecutor } from '../../../src/bench/executors/netns/netns-executor.ts';
import { unsupportedByMachines } from '../../../src/bench/executors/vm/vm-limits.ts';
import { aScenario } from './a-run.ts';

/** By executor: what it refuses of a scenario by P2P. */
const REFUSED = {
  local: (scenario: ReturnType<typeof aScenario>) => localExecutor().unsupported(scenario, 'p2p'),
  netns: (scenario: ReturnType<typeof aScenario>) => netnsExecutor().unsupported(scenario, 'p2p'),
  vm: (scenario: ReturnType<typeof aScenario>) => unsupportedByMachines(scenario, 'p2p'),
  hardware: unsupportedByHardware,
};

/** What of a fault is in the simulator alone, and under which name labs refuse it. */
const SIMULATED = [
  ['faults.fail', { fail: '1 %', per: '1 min' }],
  ['faults.fail.back', { fail: '1 %', per: '1 min', back: '1 s' }],
  ['faults.corrupt', { corrupt: '1 %' }],
] as const;

describe('faults that are simulated alone', () => {
  it.each(SIMULATED)('are refused by every lab: %s', (name, fault) => {
    const scenario = aScenario({ faults: [fault] });
    const plain = aScenario();
    for (const [executor, refused] of Object.entries(REFUSED)) {
      const keys = refused(scenario)
        .filter((sentence) => !refused(plain).includes(sentence))
        .map((sentence) => sentence.split(':')[0]);
      const isNamed = executor === 'local' || executor === 'netns';
      expect([executor, ...keys]).toContain(isNamed ? name : 'faults');
    }
  });
});
