import { assert, asyncProperty, nat, pre } from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { boundsOf } from '../../../src/bench/executors/bounds.ts';
import { simExecutor } from '../../../src/bench/executors/sim/sim-executor.ts';
import { outcomeNumbers } from '../../../src/bench/metrics/run-outcome.ts';
import type { Transport } from '../../../src/bench/record/run-record.ts';
import type { Scenario } from '../../../src/bench/scenario/schema.ts';
import { aRecord } from '../a-record.ts';
import { aRun, aScenario, aWatch } from './a-run.ts';
import { anySettings } from './any-scenario.ts';

/** Two double-precision sums of the same thing agree to this share of it. */
const ROUNDING = 1e-9;
const TIMEOUT_MS = 300_000;

/** Faults that fit the fleet: somebody has to be there when a transfer starts. */
function fitting(faults: readonly object[], machines: number): object[] {
  let joining = 0;
  return faults.filter((fault) => !('join' in fault) || ++joining < machines);
}

it(
  'no simulated transfer is faster than its bounds, whatever goes wrong',
  async () => {
    const executor = simExecutor();
    onTestFinished(() => executor.close!());
    await assert(
      asyncProperty(anySettings, nat(), async ({ faults, ...settings }, randomSeed) => {
        const [machines] = settings.fleet.machines as [number];
        const [transport] = Object.keys(settings.transports) as [Transport];
        const asked = aScenario({ ...settings, faults: fitting(faults, machines) });
        const isKnown = (some: Scenario['faults']) =>
          executor.unsupported({ ...asked, faults: some }, transport).length === 0;
        const known = asked.faults.filter((fault) => isKnown([fault]));
        pre(isKnown(known));
        const run = aRun({ scenario: { ...asked, faults: known }, transport, machines, randomSeed });
        const outcome = await executor.run(run, aWatch());
        const { transferS } = outcomeNumbers(aRecord({ ...outcome, transport }));
        const { lowerBoundS, pieceBoundS } = boundsOf(run, executor.hasWholePieces, outcome.fleet);
        const boundS = Math.max(lowerBoundS, pieceBoundS ?? 0);
        expect(transferS ?? Infinity).toBeGreaterThanOrEqual(boundS * (1 - ROUNDING));
      }),
      { numRuns: 400, maxSkipsPerRun: 1000 },
    );
  },
  TIMEOUT_MS,
);
