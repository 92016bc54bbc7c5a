import { BLOCK_BYTES } from '../../../engine/index.ts';
import type { Transport } from '../../record/run-record.ts';
import type { FixedPhase } from '../../scenario/machine-schema.ts';
import type { Scenario } from '../../scenario/schema.ts';
import { type FaultName, unsupportedFaultNames } from '../fault-names.ts';
import { isFromServer, isOneForAll } from '../way-of-bytes.ts';
import { castSettings } from './casting.ts';

const FIXED_PHASES: readonly FixedPhase[] = ['boot', 'register', 'metainfo', 'partition', 'finish'];

/** What one lab has, and how its sentences name it. */
export interface LabAbilities {
  readonly name: 'the local lab' | 'the netns lab' | 'the vm lab';
  readonly transports: readonly Transport[];
  readonly hasSites: boolean;
  readonly hasConnectionCap: boolean;
  readonly losesPackets: boolean;
  readonly faults: readonly FaultName[];
}

/** Settings that real processes on this computer cannot honour, each as `key.path: reason`. */
export function unsupportedSettings(
  scenario: Scenario,
  transport: Transport,
  lab: LabAbilities,
): readonly string[] {
  if (!lab.transports.includes(transport))
    return [`transports.${transport}: ${lab.name} has no ${transport}`];
  return [
    ...unsupportedBoot(scenario, lab),
    ...unsupportedImage(scenario.image, lab),
    ...unsupportedNetwork(scenario.network, lab),
    ...unsupportedDisk(scenario, lab),
    ...unsupportedTransport(scenario, transport),
    ...(isOneForAll(transport) ? unsupportedCasting(scenario, transport, lab) : []),
    ...unsupportedFaults(scenario, transport, lab),
  ];
}

function unsupportedBoot({ boot, image, network }: Scenario, { name }: LabAbilities) {
  return named({
    [`boot: machines of ${name} do not go by such steps`]: boot !== undefined,
    [`image.decode: ${name} decodes as fast as this computer`]: Number.isFinite(image.decode),
    [`network.tcp: ${name} has the TCP of this computer`]: network.tcp !== undefined,
  });
}

function unsupportedImage({ size, used, pieceLength }: Scenario['image'], { name }: LabAbilities) {
  return named({
    [`image.size: a disk of ${name} has whole bytes`]: !Number.isSafeInteger(size),
    [`image.used: ${name} sends the whole disk, so it has to equal image.size`]: (used ?? size) !== size,
    'image.pieceLength: allowed is a multiple of 16 KiB, the block of the swarm':
      pieceLength % BLOCK_BYTES !== 0,
  });
}

function unsupportedNetwork(network: Scenario['network'], lab: LabAbilities) {
  const { backplane, connectionCap, latency, loss, multicast, sites } = network;
  const { name, hasSites, hasConnectionCap, losesPackets } = lab;
  const isCapped = Number.isFinite(connectionCap);
  return named({
    [`network.connectionCap: ${name} limits links, not connections`]: isCapped && !hasConnectionCap,
    [`network.connectionCap: ${name} has caps within one network, not behind a NAT`]:
      isCapped && (sites?.some(({ nat }) => nat) ?? false),
    [`network.backplane: ${name} limits links of hosts and sites, not switches`]: Number.isFinite(backplane),
    [`network.multicast: what the switch of ${name} does with a multicast is not chosen`]:
      multicast === 'flooding',
    [`network.latency: ${name} has no delay to speak of`]: latency > 0,
    [`network.loss: ${name} loses nothing on purpose`]: loss > 0 && !losesPackets,
    [`network.sites: all machines of ${name} stand at one site`]: sites !== undefined && !hasSites,
  });
}

function unsupportedDisk({ disk, phases }: Scenario, { name }: LabAbilities) {
  const isOfKind = disk.kind !== undefined;
  const cache = `${name} has the page cache of this computer`;
  const reasons = named({
    [`disk.kind: ${name} has the disk of this computer`]: isOfKind,
    [`disk.read: ${name} reads as fast as this computer`]: Number.isFinite(disk.read) && !isOfKind,
    [`disk.write: ${name} writes as fast as this computer`]: Number.isFinite(disk.write) && !isOfKind,
    [`disk.shared: ${name} does not limit its disks`]: disk.shared && !isOfKind,
    [`disk.seek: ${name} does not limit its disks`]: disk.seek > 0 && !isOfKind,
    [`disk.writeCache: ${cache}`]: disk.writeCache > 0,
    [`disk.readCache: ${cache}`]: disk.readCache > 0,
    'disk.readBack: an agent always reads back what it wrote': !disk.readBack,
  });
  const fixed = FIXED_PHASES.filter((phase) => phases[phase] > 0);
  return [...reasons, ...fixed.map((phase) => `phases.${phase}: in ${name} a phase takes what it takes`)];
}

function unsupportedTransport({ transports }: Scenario, transport: Transport): readonly string[] {
  const settings = transports[transport];
  return named({
    [`transports.${transport}.diskWrite: an agent writes as the image arrives`]:
      settings !== undefined && 'diskWrite' in settings && settings.diskWrite === 'serial',
    'transports.p2p.maxConnections: an agent connects to all that it is told of':
      transport === 'p2p' && transports.p2p?.maxConnections !== undefined,
    'transports.p2p.announceInterval: the tracker of a lab says itself when it is asked again':
      transport === 'p2p' && transports.p2p?.announceInterval !== undefined,
    'transports.p2p.seeders: a lab has one seeder, the server':
      transport === 'p2p' && transports.p2p?.seeders !== undefined,
    'transports.p2p.pex: the peers of a lab come from its tracker alone':
      transport === 'p2p' && transports.p2p?.pex !== undefined,
    'transports.p2p.webSeed: what a lab hands out by HTTP is not chosen':
      transport === 'p2p' && transports.p2p?.webSeed !== undefined,
    'transports.p2p.staysFor: the machines of a lab serve until all are done':
      transport === 'p2p' && transports.p2p?.staysFor !== undefined,
    'transports.unicast.wave: the local lab serves all machines at a time':
      transport === 'unicast' && transports.unicast?.wave !== undefined,
    'transports.multicast.repair: udpcast of a lab repairs by itself, slice by slice':
      transport === 'multicast' &&
      (transports.multicast?.repair === 'p2p' || transports.multicast?.repair === 'carousel'),
    'transports.chain.hopSetUp: the machines of a lab connect as fast as they can':
      transport === 'chain' && (transports.chain?.hopSetUp ?? 0) > 0,
    'transports.chain.children: a lab hands out chains, not trees':
      transport === 'chain' && (transports.chain?.children ?? 1) > 1,
  });
}

/** Payload of an Ethernet frame behind the headers of IPv4, UDP and udpcast. */
const LARGEST_PACKET_BYTES = 1456;
/** What `--full-duplex` begins with and keeps to (udpcast, `netSenderMain` in senddata.c). */
const UDPCAST_SLICE_PACKETS = 112;

function unsupportedCasting(
  scenario: Scenario,
  transport: Transport,
  { name }: LabAbilities,
): readonly string[] {
  const { wait, round, packet, dropAfter, slices } = castSettings(scenario, transport);
  return named({
    [`transports.${transport}.wait: udpcast starts when all machines are there`]: wait > 0,
    [`transports.${transport}.round: udpcast repairs as it goes, and takes the time that it takes`]:
      round > 0,
    [`transports.${transport}.dropAfter: udpcast asks once a second, allowed are whole seconds from 1 s up`]:
      !Number.isInteger(dropAfter) || dropAfter < 1,
    [`transports.${transport}.packet: allowed is a whole number of bytes up to ${LARGEST_PACKET_BYTES} B`]:
      packet > LARGEST_PACKET_BYTES || !Number.isInteger(packet),
    [`transports.${transport}.slices: udpcast of ${name} has its own, of ${UDPCAST_SLICE_PACKETS} packets in full duplex`]:
      slices.packets !== UDPCAST_SLICE_PACKETS || slices.duplex !== 'full',
    [`network.sites: in ${name} multicast does not go from site to site`]:
      scenario.network.sites !== undefined,
  });
}

function unsupportedFaults(scenario: Scenario, transport: Transport, lab: LabAbilities): readonly string[] {
  const has = (kind: 'join' | 'full' | 'back' | 'seederLeaves') =>
    scenario.faults.some((fault) => kind in fault);
  const unknown = unsupportedFaultNames(scenario, lab.faults, lab.name);
  const isCapped = Number.isFinite(scenario.network.connectionCap);
  const reasons = named({
    [`faults.slow: ${lab.name} changes no rate under a cap of connections (network.connectionCap)`]:
      isCapped &&
      scenario.faults.some((fault) => 'slow' in fault && (fault.at > 0 || fault.for !== undefined)),
    [`faults.join: ${transport} takes nobody in once it has begun`]: isOneForAll(transport) && has('join'),
    [`faults.kill.back: in ${lab.name} a disk that is full too early is gone with its machine`]:
      has('full') && has('back'),
    [`faults.seederLeaves: by ${transport} nothing comes but from the server`]:
      isFromServer(transport) && has('seederLeaves'),
  });
  return [...unknown, ...reasons];
}

/** @returns the sentences that hold */
function named(reasons: Readonly<Record<string, boolean>>): readonly string[] {
  return Object.keys(reasons).filter((sentence) => reasons[sentence]);
}
