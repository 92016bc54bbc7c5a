import { describe, expect, it, onTestFinished } from 'vitest';
import type { PlannedRun } from '../../../src/bench/executors/executor.ts';
import { unexpectedFailures } from '../../../src/bench/executors/fleet.ts';
import { simExecutor } from '../../../src/bench/executors/sim/sim-executor.ts';
import { aRun, aScenario, aWatch } from './a-run.ts';

function anExecutor() {
  const executor = simExecutor();
  onTestFinished(() => executor.close!());
  return executor;
}

const simulated = (run: Partial<PlannedRun>) => anExecutor().run(aRun(run), aWatch());

describe('the simulator as an executor', () => {
  it('gives phases, bytes by sender and a digest', async () => {
    const { fleet, serverUploadedBytes, traceDigest, barrierS } = await simulated({
      scenario: aScenario({ phases: { boot: '10 s' }, disk: { read: '8 MiB/s' } }),
      transport: 'unicast',
      machines: 2,
    });
    expect(barrierS).toBe(10);
    expect(serverUploadedBytes).toBe(2 * 64 * 2 ** 20);
    expect(traceDigest).toMatch(/^[0-9a-f]{16}-\d+$/);
    expect(fleet[1]).toEqual({
      machine: 'm002',
      poweredOnS: 0,
      doneS: 34,
      phases: { boot: [0, 10], download: [10, 26], verify: [26, 34] },
      uploadedBytes: 0,
      downloadedBytes: 64 * 2 ** 20,
      receivedFrom: { server: 64 * 2 ** 20 },
      isVerified: true,
      failure: null,
    });
  });

  it('gives the same digest for the same random seed, and another for another', async () => {
    const [first, again, other] = await Promise.all([1, 1, 2].map((randomSeed) => simulated({ randomSeed })));
    expect(again!.traceDigest).toBe(first!.traceDigest);
    expect(other!.traceDigest).not.toBe(first!.traceDigest);
  });

  it('kills and slows the machines that the scenario says, and expects no more of them', async () => {
    const scenario = aScenario({
      faults: [
        { kill: 1, at: '2 s' },
        { slow: 1, to: '4 MiB/s' },
      ],
    });
    const { fleet } = await simulated({ scenario, transport: 'unicast', machines: 4 });
    expect(fleet.map(({ doneS }) => doneS === null)).toEqual([false, false, false, true]);
    expect(fleet[3]!.failure).toBe('it was killed, as the scenario asks');
    expect(unexpectedFailures(scenario, fleet)).toEqual([]);
    expect(unexpectedFailures(aScenario(), fleet)).toHaveLength(1);
  });

  it('puts machines at the sites by their shares', async () => {
    const sites = [
      { name: 'here', machines: '50 %', wan: { up: '1 MiB/s' } },
      { name: 'there', machines: '50 %', wan: { up: '1 MiB/s', down: '1 MiB/s' } },
    ];
    const network = { server: { up: '80 MiB/s' }, machine: { up: '8 MiB/s' }, sites };
    const { fleet } = await simulated({
      scenario: aScenario({ network }),
      transport: 'unicast',
      machines: 4,
    });
    expect(fleet.map(({ doneS }) => doneS! > 100)).toEqual([false, false, true, true]);
  });

  it('ends at once when it is interrupted', async () => {
    const controller = new AbortController();
    const run = anExecutor().run(aRun({ machines: 1000 }), aWatch(controller.signal));
    controller.abort(new Error('enough'));
    await expect(run).rejects.toThrow('enough');
  });

  it('loses packets of multicast only, and says so', () => {
    const network = { server: { up: '8 MiB/s' }, machine: { up: '8 MiB/s' }, loss: '1 %' };
    const [executor, scenario] = [simExecutor(), aScenario({ network })];
    expect(executor.unsupported(scenario, 'multicast')).toEqual([]);
    expect(executor.unsupported(scenario, 'p2p')[0]).toMatch(/^network\.loss: /);
  });
});
