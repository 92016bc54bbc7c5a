import {
  BEST_POLICIES,
  type HandoutName,
  type LinkRates,
  type SwarmPolicies,
} from '../../../engine/index.ts';
import { arrivalTimes, RandomStream } from '../../../sim/index.ts';
import type { Transport } from '../../record/run-record.ts';
import type { Scenario } from '../../scenario/schema.ts';
import type { SavedOver } from '../../scenario/transports-schema.ts';
import { wireSize } from '../../scenario/wire-size.ts';
import { arrivalOf } from '../arrival.ts';
import type { PlannedRun } from '../executor.ts';
import {
  fleetOf,
  type LinkChange,
  type ServerStop,
  seederCopies,
  serverLinkChanges,
  serverStops,
} from '../fleet.ts';
import { p2pHandoutOf } from '../handout.ts';
import { siteOf } from '../site.ts';
import { isOneForAll, savedOver } from '../way-of-bytes.ts';
import { type Casting, castingOf } from './casting.ts';

/** Transports that need nothing but loopback and no root. */
export const LOCAL_TRANSPORTS = ['p2p', 'webtorrent', 'chain', 'unicast'] as const;
/** All that a lab knows: other programs take their port and address for granted, so each needs a host of its own. */
export const LAB_TRANSPORTS = [
  ...LOCAL_TRANSPORTS,
  'aria2',
  'libtorrent',
  'clonezilla-unicast',
  'multicast',
  'clonezilla-multicast',
] as const;
export type LabTransport = (typeof LAB_TRANSPORTS)[number];

/** One machine of the lab. */
export interface LabMachine {
  /** `m001`, `m002`, ... */
  readonly name: string;
  /** Label of the site where it stands. */
  readonly site: string;
  /** Time from the first power-on to this machine's, unless it joins later. */
  readonly powerOnMs: number;
  /** Time from the start of the transfer to its power-on; 0 for one that starts with the others. */
  readonly joinsAfterMs: number;
  readonly link: LinkRates;
  /** Time from the start of the transfer to its death; Infinity if it is not killed. */
  readonly killedAfterMs: number;
  /** Time from the start of the transfer to its next power-on; Infinity if it is off for good. */
  readonly backAfterMs: number;
  /** What becomes of its link, in order of time. */
  readonly linkChanges: readonly LinkChange[];
  /** Bytes that its disk takes; Infinity if it takes all. */
  readonly roomBytes: number;
}

/** Everything that a run in the lab depends on. */
export interface LabPlan {
  readonly transport: LabTransport;
  readonly imageBytes: number;
  /** How the image goes over the wire. */
  readonly encoding: Scenario['image']['encoding'];
  /** What the scenario says that one machine receives. */
  readonly wireBytes: number;
  readonly pieceBytes: number;
  readonly serverLink: LinkRates;
  /** Label of the site where the server stands. */
  readonly serverSite: string;
  readonly serverLinkChanges: readonly LinkChange[];
  readonly serverStops: readonly ServerStop[];
  readonly machines: readonly LabMachine[];
  readonly seederSlots: number;
  readonly uploadSlots: number;
  readonly neighbours: number;
  /** Of our own client. */
  readonly policies: SwarmPolicies;
  /** How the tracker chooses whom it hands out to our own clients. */
  readonly handout: HandoutName;
  /** Copies of the payload after which the server's peer leaves the swarm for good; Infinity if it stays. */
  readonly seederLeavesAfterCopies: number;
  /** Null where nothing is multicast. */
  readonly casting: Casting | null;
  /** How machines read what Clonezilla saved; read by its transports only. */
  readonly savedOver: SavedOver;
}

/** The label of the only site of a scenario without sites. */
const ONLY_SITE = 'lab';
/** The settings of a chain, in which everybody has one neighbour to serve, and where no swarm is in use. */
const NO_SWARM = { seederSlots: 1, uploadSlots: 1, neighbours: 1 };
/**
 * A tracker that was started again has forgotten the order of a chain. Whoever is told to be the first keeps the machine
 * that was before it, and needs a place for the server beside.
 */
const CHAIN = { ...NO_SWARM, neighbours: 2 };

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
    encoding: image.encoding,
    wireBytes: wireSize(image),
    pieceBytes: image.pieceLength,
    serverLink: { upBps: network.server.up, downBps: network.server.down },
    serverSite: siteLabel(scenario, 0),
    serverLinkChanges: serverLinkChanges(scenario),
    serverStops: serverStops(scenario),
    machines: fleetOf(scenario, machines).map(
      ({ name, link, linkChanges, killedAfterS, backAfterS, joinsAfterS, roomBytes }, index) => ({
        name,
        site: siteLabel(scenario, siteOf(scenario, index / machines)),
        link,
        powerOnMs: powerOnS[index]! * 1000,
        joinsAfterMs: joinsAfterS * 1000,
        killedAfterMs: killedAfterS * 1000,
        backAfterMs: (killedAfterS + backAfterS) * 1000,
        linkChanges,
        roomBytes: roomBytes < image.size ? roomBytes : Infinity,
      }),
    ),
    seederSlots,
    uploadSlots,
    neighbours,
    policies: policiesOf(scenario, transport),
    handout: transport === 'chain' ? 'chain' : p2pHandoutOf(scenario),
    seederLeavesAfterCopies: seederCopies(scenario),
    casting: isOneForAll(transport) ? castingOf(scenario, transport, machines) : null,
    savedOver: savedOver(scenario, transport),
  };
}

function siteLabel({ network }: Scenario, site: number): string {
  return network.sites?.[site]?.name ?? ONLY_SITE;
}

/** In a chain nobody but one of a site can fetch from another. */
function policiesOf({ transports: { p2p } }: Scenario, transport: Transport): SwarmPolicies {
  if (transport === 'chain') return { ...BEST_POLICIES, crossing: 'free' };
  if (!p2p) return BEST_POLICIES;
  const { picker, randomFirst, choker, seeder, pipeline } = p2p;
  return { picker, randomFirst, choker, seeder, pipeline, crossing: 'owned' };
}

function swarmSettings({ transports }: Scenario, transport: Transport) {
  switch (transport) {
    case 'p2p':
      return transports.p2p ?? NO_SWARM;
    case 'webtorrent':
      return transports.webtorrent ?? NO_SWARM;
    case 'chain':
      return CHAIN;
    default:
      return NO_SWARM;
  }
}
