import type { PlannedRun, RunWatch } from '../../../src/bench/executors/executor.ts';
import { type Scenario, scenarioSchema } from '../../../src/bench/scenario/schema.ts';
import { loadQuantityParser } from '../../../src/settings/quantity.ts';

const quantityParser = await loadQuantityParser();

/** A scenario of 64 MiB over links of 8 MiB/s by all transports, so that a whole copy takes 8 s; `changes` as in a file. */
export function aScenario(changes: Record<string, unknown> = {}): Scenario {
  return scenarioSchema(quantityParser).parse({
    name: 'a-scenario',
    title: 'A question',
    image: { size: '64 MiB', pieceLength: '1 MiB' },
    network: { server: { up: '8 MiB/s' }, machine: { up: '8 MiB/s' } },
    fleet: { machines: [4] },
    transports: { p2p: {}, unicast: {}, multicast: {}, chain: {} },
    ...changes,
  });
}

/** A run of a scenario by P2P on four machines. */
export function aRun(run: Partial<PlannedRun> = {}): PlannedRun {
  return {
    scenario: aScenario(),
    source: 'sim',
    transport: 'p2p',
    variant: '',
    machines: 4,
    randomSeed: 1,
    ...run,
  };
}

/** Nobody watches. */
export function aWatch(signal: AbortSignal = new AbortController().signal): RunWatch {
  return { signal, machineProgressed: () => {} };
}
