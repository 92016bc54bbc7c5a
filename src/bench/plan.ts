import { ConfigError } from '../failure.ts';
import { boundsOf } from './executors/bounds.ts';
import type { Executor, PlannedRun } from './executors/executor.ts';
import { isMeasured } from './metrics/cell.ts';
import type { Transport } from './record/run-record.ts';
import { inRounds } from './run-order.ts';
import { withChosenCounts } from './scenario/chosen-counts.ts';
import type { LoadedScenario, ScenarioVariant } from './scenario/scenario-loader.ts';

/** A run, who makes it, and the variant that it comes from. */
export interface Assignment {
  readonly executor: Executor;
  readonly run: PlannedRun;
  readonly variant: ScenarioVariant;
}

/** What of a scenario is run; undefined for all of it. */
export interface Selection {
  readonly transports?: readonly Transport[] | undefined;
  /** By name, empty for the plain scenario. */
  readonly variants?: readonly string[] | undefined;
}

/**
 * All runs that answer a scenario, executors in their order; what takes real time is repeated in rounds.
 * @param only what to keep of the scenario
 * @throws ConfigError where a setting cannot be honoured, or nothing would be left to run
 */
export function planRuns(
  scenario: LoadedScenario,
  executors: readonly Executor[],
  only: Selection = {},
): Assignment[] {
  const variants = scenario.variants.filter(({ variant }) => only.variants?.includes(variant) ?? true);
  const assignments = executors.flatMap((executor) => {
    const runs = variants.flatMap((variant) =>
      transportsOf(variant, executor, only.transports).flatMap((transport) => {
        refuseUnsupported(executor, variant, transport);
        return runsOf(executor, variant, transport);
      }),
    );
    return isMeasured(executor.name) ? inRounds(runs) : runs;
  });
  if (assignments.length > 0) return assignments;
  const hasTransports = executors.some((executor) =>
    variants.some((variant) => transportsOf(variant, executor, only.transports).length > 0),
  );
  if (hasTransports) throw new ConfigError('only.upTo', 'leaves out every number of machines');
  const able = executors.map(({ name, transports }) => `${name} (${transports.join(', ')})`).join('; ');
  throw new ConfigError(
    '--transports',
    `none of the transports asked for is both in the scenario and run by ${able}`,
  );
}

function transportsOf(
  { scenario }: ScenarioVariant,
  executor: Executor,
  only: readonly Transport[] | undefined,
): Transport[] {
  return executor.transports.filter(
    (transport) =>
      scenario.transports[transport] !== undefined &&
      (scenario.only.transports?.includes(transport) ?? true) &&
      (only?.includes(transport) ?? true),
  );
}

function refuseUnsupported(
  executor: Executor,
  { scenario, variant }: ScenarioVariant,
  transport: Transport,
): void {
  const reasons = executor.unsupported(scenario, transport);
  if (reasons.length === 0) return;
  const where = variant === '' ? '' : ` in variant \`${variant}\``;
  throw new ConfigError(
    '',
    `the executor \`${executor.name}\` cannot honour these settings for ${transport}${where}:\n` +
      `${reasons.map((reason) => `  ${reason}`).join('\n')}\nLeave them out, or choose other executors with --on.`,
  );
}

function runsOf(executor: Executor, variant: ScenarioVariant, transport: Transport): Assignment[] {
  const scenario = withChosenCounts(variant.scenario, transport);
  const seeds = executor.isSeeded ? scenario.seeds : [null];
  return scenario.fleet.machines.flatMap((machines) => {
    const all = seeds.map((randomSeed): Assignment => {
      const run = {
        scenario,
        source: executor.name,
        transport,
        variant: variant.variant,
        machines,
        randomSeed,
      };
      return { executor, run, variant };
    });
    return isMadeOnce(all[0]!) ? all.slice(0, 1) : all;
  });
}

/** What takes long enough is slowed down by the computer as a whole and not by a moment of it. */
function isMadeOnce({ executor, run }: Assignment): boolean {
  const { onceFrom } = run.scenario;
  if (onceFrom === undefined || !isMeasured(executor.name)) return false;
  return boundsOf(run, executor.hasWholePieces).lowerBoundS >= onceFrom;
}
