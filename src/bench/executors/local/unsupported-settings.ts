import { BLOCK_BYTES } from '../../../engine/index.ts';
import type { Transport } from '../../record/run-record.ts';
import type { FixedPhase, Scenario } from '../../scenario/schema.ts';
import { LAB_TRANSPORTS } from './lab-plan.ts';

const FIXED_PHASES: readonly FixedPhase[] = ['boot', 'register', 'partition', 'metainfo', 'finish'];

/** Settings that real processes on this machine cannot honour, each as `key.path: reason`. */
export function unsupportedSettings(scenario: Scenario, transport: Transport): readonly string[] {
  if (!LAB_TRANSPORTS.some((name) => name === transport)) {
    return [`transports.${transport}: the local lab has no ${transport}`];
  }
  return [
    ...unsupportedImage(scenario.image),
    ...unsupportedNetwork(scenario.network),
    ...unsupportedDisk(scenario),
    ...unsupportedTransport(scenario, transport),
  ];
}

function unsupportedImage({ size, used, pieceLength, encoding }: Scenario['image']): readonly string[] {
  return named({
    'image.size: a disk of the local lab has whole bytes': !Number.isSafeInteger(size),
    'image.used: the local lab sends the whole disk, so it has to equal image.size': (used ?? size) !== size,
    'image.encoding: the local lab sends the raw disk': encoding !== 'raw',
    'image.pieceLength: allowed is a multiple of 16 KiB, the block of the swarm':
      pieceLength % BLOCK_BYTES !== 0,
  });
}

function unsupportedNetwork({ connectionCap, latency, loss, sites }: Scenario['network']): readonly string[] {
  return named({
    'network.connectionCap: the local lab limits links, not connections': Number.isFinite(connectionCap),
    'network.latency: loopback has no delay to speak of': latency > 0,
    'network.loss: loopback loses nothing': loss > 0,
    'network.sites: all machines of the local lab stand at one site': sites !== undefined,
  });
}

function unsupportedDisk({ disk, phases }: Scenario): readonly string[] {
  const reasons = named({
    'disk.read: the local lab reads as fast as this host': Number.isFinite(disk.read),
    'disk.write: the local lab writes as fast as this host': Number.isFinite(disk.write),
    'disk.shared: the local lab does not limit its disks': disk.shared,
    'disk.readBack: an agent always reads back what it wrote': !disk.readBack,
  });
  const fixed = FIXED_PHASES.filter((phase) => phases[phase] > 0);
  return [
    ...reasons,
    ...fixed.map((phase) => `phases.${phase}: in the local lab a phase takes what it takes`),
  ];
}

function unsupportedTransport({ transports }: Scenario, transport: Transport): readonly string[] {
  const settings = transports[transport];
  return named({
    [`transports.${transport}.diskWrite: an agent writes as the image arrives`]:
      settings?.diskWrite === 'serial',
    'transports.unicast.wave: the local lab serves all machines at a time':
      transport === 'unicast' && transports.unicast?.wave !== undefined,
    'transports.p2p.picker: the lab picks the rarest piece first':
      transport === 'p2p' && transports.p2p?.picker === 'random',
    'transports.p2p.seeder: the seeder of the lab deals':
      transport === 'p2p' && transports.p2p?.seeder === 'plain',
  });
}

/** @returns the sentences that hold */
function named(reasons: Readonly<Record<string, boolean>>): readonly string[] {
  return Object.keys(reasons).filter((sentence) => reasons[sentence]);
}
