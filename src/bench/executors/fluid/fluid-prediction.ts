import { fluidSteadyState, largeSwarmTimes, type SwarmTimes } from '../../../sim/index.ts';
import type { Scenario, Seconds } from '../../scenario/schema.ts';
import { wireSize } from '../../scenario/wire-size.ts';
import { type Prediction, streamedDiskBps, uploadBps } from '../formula-outcome.ts';

/** What the links of a swarm carry once their connections are limited [byte/s]. */
interface SwarmRates {
  readonly seederUpBps: number;
  readonly upBps: number;
  readonly downBps: number;
}

/** A fleet that starts together. */
export function predictCrowd(scenario: Scenario, machines: number): Prediction {
  const { makespanS, meanS } = crowdTimes(scenario, machines);
  return { transferS: makespanS, meanS, serverCopies: null };
}

/** Times of a fleet that starts together, and how much of them is spreading. */
export function crowdTimes(scenario: Scenario, machines: number): SwarmTimes {
  const { image, transports } = scenario;
  return largeSwarmTimes({
    wireBytes: wireSize(image),
    pieceBytes: image.pieceLength,
    machines,
    ...ratesOf(scenario),
    uploadSlots: transports.p2p!.uploadSlots,
  });
}

/** Machines that come one after the other, and leave. */
export function predictSteady(scenario: Scenario, machines: number): Prediction {
  const { meanS } = steadyState(scenario);
  const transferS = (machines - 1) * intervalOf(scenario) + meanS;
  return { transferS, downloadS: meanS, meanS, serverCopies: null };
}

/** Where the swarm settles: its mean time [s], and how many machines download and serve at a time. */
export function steadyState(scenario: Scenario) {
  const wireBytes = wireSize(scenario.image);
  const { upBps, downBps } = ratesOf(scenario);
  return fluidSteadyState({
    arrivalsPerS: 1 / intervalOf(scenario),
    abortsPerS: 0,
    departuresPerS: 1 / scenario.transports.p2p!.staysFor!,
    downCopiesPerS: downBps / wireBytes,
    upCopiesPerS: upBps / wireBytes,
    effectiveness: 1,
  });
}

/** Mean time between two power-ons. */
export function intervalOf({ fleet: { start } }: Scenario): Seconds {
  if (start === 'together') return 0;
  return 'poisson' in start ? start.poisson : start.staggered;
}

/** Time in which a machine sends one copy. */
export function uploadOf(scenario: Scenario): Seconds {
  return wireSize(scenario.image) / ratesOf(scenario).upBps;
}

function ratesOf(scenario: Scenario): SwarmRates {
  const { network, transports } = scenario;
  const { uploadSlots, seederSlots } = transports.p2p!;
  return {
    seederUpBps: Math.min(network.server.up, seederSlots * network.connectionCap),
    upBps: Math.min(uploadBps(scenario), uploadSlots * network.connectionCap),
    downBps: Math.min(network.machine.down, streamedDiskBps(scenario, 'p2p')),
  };
}
