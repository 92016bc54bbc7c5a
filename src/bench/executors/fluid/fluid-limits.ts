import { writtenShare } from '../../metrics/readable-units.ts';
import type { Scenario } from '../../scenario/schema.ts';
import { pieceCount } from '../../scenario/wire-size.ts';
import { unknownToFormulas } from '../formula-limits.ts';
import { uploadBps } from '../formula-outcome.ts';
import { crowdTimes, intervalOf, steadyState, uploadOf } from './fluid-prediction.ts';

/** Below this the simulator is exact and quick, and one machine more or less makes a difference. */
const FEWEST_MACHINES = 1000;
/** Part of the time that spreading may take: it is the part in which a swarm differs from the formula. */
const MOST_SPREADING = 0.05;
/** Pieces for each upload slot: with fewer, a machine waits for the last of them longer than 5 % of the time. */
const FEWEST_PIECES_PER_SLOT = 60;
/** What the simulated swarms that the model was held against had. */
const FEWEST_NEIGHBOURS = 24;
/** Machines that download at a time, and lives of a machine that arrivals last: with fewer nothing settles. */
const FEWEST_DOWNLOADERS = 50;
const FEWEST_LIVES = 8;

/** Settings under which the fluid model would say nothing, each as `key.path: reason`. */
export function outsideFluidLimits(scenario: Scenario): string[] {
  const reasons = [...unknownToFormulas(scenario, 'p2p'), ...unknown(scenario), ...unknownPolicies(scenario)];
  if (reasons.length > 0) return reasons;
  return scenario.fleet.start === 'together' ? crowdLimits(scenario) : steadyLimits(scenario);
}

/** What the model has no word for. */
function unknown({ network, faults }: Scenario): string[] {
  return named([
    [network.sites !== undefined, 'network.sites: the fluid model knows no WAN links'],
    [network.latency > 0, 'network.latency: the fluid model knows no delay'],
    [network.loss > 0, 'network.loss: the fluid model knows no loss'],
    [!Number.isFinite(network.machine.up), 'network.machine.up: the fluid model takes a finite uplink'],
    [faults.length > 0, 'faults: in the fluid model machines are many and equal'],
  ]);
}

/** The model is that of a swarm whose newest piece goes first, to whoever lacks it. */
function unknownPolicies({ transports }: Scenario): string[] {
  const { picker, randomFirst, choker, seeder, neighbours } = transports.p2p!;
  const why = 'the fluid model supposes that the newest piece goes first';
  return named([
    [picker !== 'rarest' && picker !== 'sampled', `transports.p2p.picker: ${why}`],
    [randomFirst > 0, `transports.p2p.randomFirst: ${why}`],
    [choker !== 'grants', `transports.p2p.choker: ${why}`],
    [seeder !== 'dealing', `transports.p2p.seeder: ${why}`],
    [
      neighbours < FEWEST_NEIGHBOURS,
      `transports.p2p.neighbours: the fluid model supposes that everybody reaches everybody; it takes ${FEWEST_NEIGHBOURS} or more`,
    ],
  ]);
}

function crowdLimits(scenario: Scenario): string[] {
  const { machines } = scenario.fleet;
  const isSlow = Math.max(...machines.map((count) => spreadingShare(scenario, count))) > MOST_SPREADING;
  return named([
    [
      Math.min(...machines) < FEWEST_MACHINES,
      `fleet.machines: below ${FEWEST_MACHINES} machines the simulator is exact and quick`,
    ],
    [
      scenario.transports.p2p!.staysFor !== undefined,
      'transports.p2p.staysFor: of a fleet that starts together the fluid model has no machine leave',
    ],
    [
      isSlow,
      `image.pieceLength: pieces would spread for more than ${writtenShare(MOST_SPREADING)} of the time, where the model is rough; take smaller pieces or fewer transports.p2p.uploadSlots`,
    ],
  ]);
}

function spreadingShare(scenario: Scenario, machines: number): number {
  const { spreadingS, makespanS } = crowdTimes(scenario, machines);
  return spreadingS / makespanS;
}

function steadyLimits(scenario: Scenario): string[] {
  const { staysFor, uploadSlots } = scenario.transports.p2p!;
  if (staysFor === undefined || staysFor === 0)
    return [
      'transports.p2p.staysFor: where machines come one after the other, the fluid model has to know how long they serve',
    ];
  if (intervalOf(scenario) === 0) return ['fleet.start: allowed is a time above zero between two power-ons'];
  if (staysFor >= uploadOf(scenario) && scenario.network.machine.down === Infinity)
    return [
      'network.machine.down: machines serve for longer than an upload takes, so that only a download limit keeps the swarm from being empty',
    ];
  if (scenario.disk.readBack && uploadBps(scenario) < scenario.network.machine.up)
    return [
      'disk.readBack: machines would read back while they serve others from a disk that is slower than their uplink',
    ];
  const { meanS, downloaders } = steadyState(scenario);
  const lives = (Math.min(...scenario.fleet.machines) * intervalOf(scenario)) / (meanS + staysFor);
  return named([
    [
      pieceCount(scenario.image) < FEWEST_PIECES_PER_SLOT * uploadSlots,
      `image.pieceLength: the fluid model takes ${FEWEST_PIECES_PER_SLOT} pieces or more for each upload slot`,
    ],
    [
      downloaders < FEWEST_DOWNLOADERS,
      `fleet.start: only ${downloaders.toPrecision(2)} machines would download at a time; the fluid model takes ${FEWEST_DOWNLOADERS} or more`,
    ],
    [
      lives < FEWEST_LIVES,
      `fleet.machines: arrivals would last ${lives.toPrecision(2)} times as long as a machine is there; a steady state takes ${FEWEST_LIVES} times or more`,
    ],
  ]);
}

function named(reasons: readonly (readonly [boolean, string])[]): string[] {
  return reasons.filter(([holds]) => holds).map(([, sentence]) => sentence);
}
