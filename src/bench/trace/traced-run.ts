import { ConfigError } from '../../failure.ts';
import {
  type DeploymentModel,
  type SimulatedDeployment,
  simulate,
  type TraceEvent,
} from '../../sim/index.ts';
import { machineName, type PeerCounts, peerName } from '../executors/fleet.ts';
import { MODEL_TRANSPORTS, type ModelledTransport } from '../executors/model-transport.ts';
import { modelOf } from '../executors/sim/model.ts';
import { simExecutor } from '../executors/sim/sim-executor.ts';
import { variantWords } from '../metrics/plain-words.ts';
import { withChosenCounts } from '../scenario/chosen-counts.ts';
import type { LoadedScenario, ScenarioVariant } from '../scenario/scenario-loader.ts';

/** Which run of a scenario is traced; what is left out is the first of the scenario, machines the most. */
export interface TraceWish {
  readonly variant?: string;
  readonly transport?: ModelledTransport;
  readonly randomSeed?: number;
}

/** One simulated run of a scenario. */
export interface TracedRun {
  readonly scenario: string;
  readonly variant: string;
  readonly transport: ModelledTransport;
  readonly machines: number;
  readonly randomSeed: number;
}

/** @throws ConfigError where the scenario has no such run */
export function chooseTracedRun(loaded: LoadedScenario, wish: TraceWish): TracedRun {
  const { scenario, variant } = variantOf(loaded, wish.variant);
  const simulated = MODEL_TRANSPORTS.filter((name) => scenario.transports[name] !== undefined);
  const transport = wish.transport ?? simulated[0];
  if (transport === undefined || !simulated.includes(transport)) {
    const allowed = simulated.length === 0 ? 'none: it has no transport with a model' : simulated.join(', ');
    throw new ConfigError(
      '--transport',
      `found \`${transport ?? ''}\`; of this scenario allowed are ${allowed}`,
    );
  }
  const { machines } = withChosenCounts(scenario, transport).fleet;
  if (machines.length === 0) throw new ConfigError('only.upTo', 'leaves out every number of machines');
  const reasons = simExecutor().unsupported(scenario, transport);
  if (reasons.length > 0)
    throw new ConfigError(
      '',
      `the simulator cannot honour these settings for ${transport}:\n  ${reasons.join('\n  ')}`,
    );
  return {
    scenario: loaded.name,
    variant: variantWords(variant),
    transport,
    machines: Math.max(...machines),
    randomSeed: wish.randomSeed ?? scenario.seeds[0]!,
  };
}

/** Simulates the run again. @param heard of every event, as it happens */
export function simulateTraced(
  loaded: LoadedScenario,
  run: TracedRun,
  heard: (event: TraceEvent) => void,
): SimulatedDeployment {
  return simulate(modelOfTraced(loaded, run), run.randomSeed, heard);
}

export function modelOfTraced(loaded: LoadedScenario, run: TracedRun): DeploymentModel {
  return modelOf(variantOf(loaded, run.variant).scenario, run.transport, run.machines);
}

/** One event as people and programs are told it: names as in records. */
export function namedEvent({ timeS, kind, machine, piece, sender }: TraceEvent, peers: PeerCounts) {
  const from = sender === undefined ? undefined : peerName(sender, peers);
  return { timeS, kind, machine: machineName(machine), piece, sender: from };
}

function variantOf({ variants }: LoadedScenario, wanted: string | undefined): ScenarioVariant {
  const found =
    wanted === undefined ? variants[0] : variants.find(({ variant }) => variantWords(variant) === wanted);
  if (found) return found;
  const names = variants.map(({ variant }) => `\`${variantWords(variant)}\``).join(', ');
  throw new ConfigError('--variant', `found \`${wanted}\`; allowed are ${names}`);
}
