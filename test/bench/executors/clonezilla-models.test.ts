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

  it('takes NFS for HTTP, says so, and refuses what would tell them apart', async () => {
    const sim = simExecutor();
    const transport = 'clonezilla-unicast';
    const over = (way: string, changes = {}) =>
      aScenario({ transports: { [transport]: { over: way } }, ...changes });
    const run = (executor: typeof theoryExecutor, way: string) =>
      executor.run(aRun({ scenario: over(way), transport }), aWatch());
    for (const executor of [theoryExecutor, sim]) {
      const [http, nfs] = [await run(executor, 'http'), await run(executor, 'nfs')];
      expect(nfs.fleet).toEqual(http.fleet);
      expect(nfs.formula).toEqual(http.formula);
      expect(nfs.limitations.join(' ')).toContain('NFS is modelled as HTTP');
      expect(http.limitations.join(' ')).not.toContain('NFS');
    }
    await sim.close?.();
    const network = { server: { up: '8 MiB/s' }, machine: { up: '8 MiB/s' }, latency: '5 ms' };
    const reasons = (way: string) => sim.unsupported(over(way, { network }), transport);
    expect(reasons('nfs')).toEqual([
      'transports.clonezilla-unicast.over: simulated NFS knows no delay (network.latency)',
    ]);
    expect(reasons('http')).toEqual([]);
  });
});
