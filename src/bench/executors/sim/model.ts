import { BLOCK_BYTES } from '../../../engine/index.ts';
import type {
  DeploymentModel,
  FailureRate,
  LinkModel,
  MulticastModel,
  RepairModel,
  SiteModel,
  TransportModel,
} from '../../../sim/index.ts';
import type { Scenario } from '../../scenario/schema.ts';
import { rawSize, wireSize } from '../../scenario/wire-size.ts';
import { arrivalOf } from '../arrival.ts';
import { isReadBackEarly } from '../disk-rates.ts';
import {
  corruptShare,
  fleetOf,
  type LinkChange,
  seederCopies,
  serverLinkChanges,
  serverStops,
  trackerStopS,
} from '../fleet.ts';
import { handoutBySites, p2pHandoutOf } from '../handout.ts';
import { type ModelledTransport, type ModelTransport, modelled } from '../model-transport.ts';
import { PRODUCT_SWARM } from '../product-settings.ts';
import { otherSeeders } from '../seeders.ts';
import { siteOf } from '../site.ts';
import { isClonezilla } from '../way-of-bytes.ts';
import { bootOf } from './boot-of.ts';
import { foundAgain } from './found-again.ts';
import { tcpOf } from './tcp-of.ts';
import { isTrackerMissed } from './unsupported-faults.ts';

/** A scenario for one transport and machine count, in the words of the simulator. */
export function modelOf(
  asked: Scenario,
  askedTransport: ModelledTransport,
  machines: number,
): DeploymentModel {
  const { scenario, transport } = modelled(asked, askedTransport);
  const { image, network, disk } = scenario;
  const isTrackerAsked = transport === 'p2p' && isTrackerMissed(scenario);
  const startsOver = isClonezilla(askedTransport);
  const transportModel = transportOf(scenario, transport, { startsOver, isTrackerAsked });
  const whole = (link: LinkModel): LinkModel => withLoss(link, shareSentAgain(scenario, transport));
  const wholeAt = (change: LinkChange): LinkChange => ({ ...change, link: whole(change.link) });
  return {
    wireBytes: wireSize(image),
    rawBytes: rawSize(image),
    pieceBytes: Math.min(image.pieceLength, wireSize(image)),
    server: whole({ upBps: network.server.up, downBps: network.server.down }),
    serverLinkChanges: serverLinkChanges(scenario).map(wholeAt),
    serverStops: serverStops(scenario)
      .filter(({ part }) => part === 'server')
      .map((stop) => foundAgain(stop, transportModel)),
    ...(isTrackerAsked && { trackerStopsAfterS: trackerStopS(scenario) }),
    sites: sitesOf(scenario, whole),
    machines: fleetOf(scenario, machines).map((machine, index) => ({
      link: whole(machine.link),
      linkChanges: machine.linkChanges.map(wholeAt),
      site: siteOf(scenario, index / machines),
      diesAfterS: machine.killedAfterS,
      ...(machine.backAfterS < Infinity && { comesBackAfterS: machine.backAfterS }),
      ...(machine.roomBytes < rawSize(image) && { roomBytes: machine.roomBytes }),
      joinsAfterS: machine.joinsAfterS,
    })),
    failures: failuresOf(scenario),
    ...(transport === 'p2p' && {
      seeders: otherSeeders(scenario).map(({ link, site }) => ({ link: whole(link), site })),
      ...webSeedOf(scenario, whole),
    }),
    connectionCapBps: network.connectionCap,
    rateTolerance: network.tolerance,
    latencyS: network.latency,
    loss: network.loss,
    isFlooded: network.multicast === 'flooding',
    corruptShare: corruptShare(scenario),
    arrival: arrivalOf(scenario.fleet.start),
    seederLeavesAfterBytes: seederCopies(scenario) * wireSize(image),
    ...bootOf(scenario),
    tcp: tcpOf(scenario),
    phases: scenario.phases,
    disk: {
      readBps: disk.read,
      writeBps: disk.write,
      isShared: disk.shared,
      isReadBack: disk.readBack,
      isReadBackEarly: isReadBackEarly(scenario, askedTransport),
      isSerialWrite: scenario.transports[transport]?.diskWrite === 'serial',
      seekS: disk.seek,
      dirtyBytes: disk.writeCache,
      recentBytes: disk.readCache,
      decodeBps: image.decode,
    },
    transport: transportModel,
  };
}

/** @param whole of a link, what is left when that is sent again which was lost behind it */
function webSeedOf(
  { transports }: Scenario,
  whole: (link: LinkModel) => LinkModel,
): Pick<DeploymentModel, 'webSeed'> {
  const webSeed = transports.p2p!.webSeed;
  if (!webSeed) return {};
  const { use, up } = webSeed;
  if (up === undefined) return { webSeed: { use } };
  return { webSeed: { use, upBps: whole({ upBps: up, downBps: Infinity }).upBps } };
}

/** A share that dies in some time is what an exponential life makes of it. */
function failuresOf({ faults }: Scenario): FailureRate[] {
  return faults.flatMap((fault) => {
    if (!('fail' in fault)) return [];
    const comesBack = fault.back === undefined ? {} : { comesBackAfterS: fault.back };
    return { perS: -Math.log1p(-fault.fail) / fault.per, ...comesBack };
  });
}

/**
 * Where there is no delay, TCP finds out within a packet or two what was lost, and sends it again: that takes its share
 * of every link. With a delay it slows down, which takes a model (`network.tcp.underLoss`).
 */
function shareSentAgain({ network: { loss, tcp } }: Scenario, transport: ModelTransport): number {
  return transport === 'multicast' || tcp?.underLoss !== undefined ? 0 : loss;
}

function withLoss({ upBps, downBps }: LinkModel, share: number): LinkModel {
  return { upBps: upBps * (1 - share), downBps: downBps * (1 - share) };
}

/** @param whole of a rate, what is left when that is sent again which was lost behind it */
function sitesOf({ network }: Scenario, whole: (link: LinkModel) => LinkModel): SiteModel[] {
  const { sites = [{ name: '', wan: { up: Infinity, down: Infinity } }], backplane } = network;
  return sites.map(({ name, wan }) => ({
    name,
    wan: whole({ upBps: wan.up, downBps: wan.down }),
    ...(backplane < Infinity && { backplaneBps: whole({ upBps: backplane, downBps: backplane }).upBps }),
  }));
}

/** How what a multicast lost is brought. */
function repairOf(scenario: Scenario): Pick<MulticastModel, 'repair' | 'slices' | 'isCarousel'> {
  const { repair, slices } = scenario.transports.multicast!;
  switch (repair) {
    case 'rounds':
      return {};
    case 'slices': {
      const { packets, duplex, askAgain } = slices;
      return { slices: { packets, isFullDuplex: duplex === 'full', askAgainS: askAgain } };
    }
    case 'p2p':
      return { repair: repairSwarmOf(scenario) };
    case 'carousel':
      return { isCarousel: true };
  }
}

/** The product as it is, whatever the transport `p2p` of the scenario tries out. */
function repairSwarmOf(scenario: Scenario): RepairModel {
  const handout = handoutBySites(scenario);
  return {
    swarm: { transport: 'p2p', ...PRODUCT_SWARM, handout, staysForS: Infinity },
    blockBytes: BLOCK_BYTES,
  };
}

interface TransportWays {
  /** Whether all of the image is sent whatever a disk holds, as Clonezilla does. */
  readonly startsOver: boolean;
  /** Whether the tracker is asked while the swarm goes on, whatever the scenario says. */
  readonly isTrackerAsked: boolean;
}

function transportOf(
  scenario: Scenario,
  transport: ModelTransport,
  { startsOver, isTrackerAsked }: TransportWays,
): TransportModel {
  const { transports } = scenario;
  switch (transport) {
    case 'p2p': {
      const { diskWrite: _, seeders: __, webSeed: ___, ...others } = transports.p2p!;
      const { staysFor = Infinity, announceInterval, maxConnections, pex, ...settings } = others;
      return {
        transport,
        ...settings,
        handout: p2pHandoutOf(scenario),
        staysForS: staysFor,
        ...((announceInterval !== undefined || isTrackerAsked) && {
          announceS: announceInterval ?? Infinity,
        }),
        ...(pex !== undefined && { pexS: pex }),
        ...(maxConnections !== undefined && { mostConnections: maxConnections }),
      };
    }
    case 'unicast':
      return { transport, wave: transports.unicast!.wave ?? Infinity, startsOver };
    case 'multicast': {
      const { rate, packet, wait, round, dropAfter } = transports.multicast!;
      const times = { waitS: wait, roundS: round, dropAfterS: dropAfter };
      return { transport, rateBps: rate, packetBytes: packet, ...times, ...repairOf(scenario) };
    }
    case 'chain':
      return { transport, hopSetUpS: transports.chain!.hopSetUp, children: transports.chain!.children };
  }
}
