import type { LinkRates } from '../../../engine/index.ts';
import { arrivalTimes, RandomStream } from '../../../sim/index.ts';
import type { Transport } from '../../record/run-record.ts';
import type { Scenario } from '../../scenario/schema.ts';
import { arrivalOf } from '../arrival.ts';
import type { PlannedRun } from '../executor.ts';
import { fleetOf } from '../fleet.ts';

/** Transports that need nothing but loopback and no root. */
export const LOCAL_TRANSPORTS = ['p2p', 'webtorrent', 'unicast'] as const;
/** All that a lab knows: other programs take their port and address for granted, so each needs a host of its own. */
export const LAB_TRANSPORTS = [...LOCAL_TRANSPORTS, 'aria2', 'libtorrent'] as const;
export type LabTransport = (typeof LAB_TRANSPORTS)[number];

/** One machine of the lab. */
export interface LabMachine {
  /** `m001`, `m002`, ... */
  readonly name: string;
  /** Time from the first power-on to this machine's. */
  readonly powerOnMs: number;
  readonly link: LinkRates;
  /** Time from the start of the transfer to its death; Infinity if it is not killed. */
  readonly killedAfterMs: number;
}

/** Everything that a run in the lab depends on. */
export interface LabPlan {
  readonly transport: LabTransport;
  readonly imageBytes: number;
  readonly pieceBytes: number;
  readonly serverLink: LinkRates;
  readonly machines: readonly LabMachine[];
  readonly seederSlots: number;
  readonly uploadSlots: number;
  readonly neighbours: number;
}

/** What the settings of a swarm are where no swarm is in use. */
const NO_SWARM = { seederSlots: 1, uploadSlots: 1, neighbours: 1 };

/** Turns a planned run into what the lab has to do. */
export function labPlanOf({ scenario, transport, machines, randomSeed }: PlannedRun): LabPlan {
  const { image, network } = scenario;
  // The stream that the simulator draws from: the same random seed, the same arrivals.
  const arrivals = new RandomStream(randomSeed ?? 0, 'arrivals');
  const powerOnS = arrivalTimes(machines, arrivalOf(scenario.fleet.start), arrivals);
  const { seederSlots, uploadSlots, neighbours } = swarmSettings(scenario, transport);
  return {
    transport: transport as LabTransport,
    imageBytes: image.size,
    pieceBytes: image.pieceLength,
    serverLink: { upBps: network.server.up, downBps: network.server.down },
    machines: fleetOf(scenario, machines).map(({ name, link, killedAfterS }, index) => ({
      name,
      link,
      powerOnMs: powerOnS[index]! * 1000,
      killedAfterMs: killedAfterS * 1000,
    })),
    seederSlots,
    uploadSlots,
    neighbours,
  };
}

function swarmSettings({ transports }: Scenario, transport: Transport) {
  return (transport === 'webtorrent' ? transports.webtorrent : transports.p2p) ?? NO_SWARM;
}
