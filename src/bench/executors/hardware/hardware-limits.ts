import type { Scenario } from '../../scenario/schema.ts';
import { unsupportedByProduct } from '../product-settings.ts';

/** Only our own server deploys, and its swarm runs the client of its settings (`swarm.client`). */
export const HARDWARE_TRANSPORTS = ['p2p', 'webtorrent'] as const;

const WHERE = 'a deployment of real machines';

/**
 * Settings that nothing can be done about on real machines, each as `key.path: reason`. Links, disks and what else
 * describes the room is taken as said: bounds and models compute with it.
 */
export function unsupportedByHardware(scenario: Scenario): readonly string[] {
  const { faults, fleet, boot, transports } = scenario;
  const webSeed = transports.p2p?.webSeed;
  const reasons: readonly [is: boolean, reason: string][] = [
    [faults.length > 0, 'faults: nothing happens on purpose to real machines'],
    [fleet.start !== 'together', 'fleet.start: real machines are switched on together'],
    [transports.p2p?.seeders !== undefined, `transports.p2p.seeders: ${WHERE} has one seeder, the server`],
    [
      transports.p2p?.maxConnections !== undefined,
      `transports.p2p.maxConnections: in ${WHERE} an agent connects to all that it is told of`,
    ],
    [
      transports.p2p?.announceInterval !== undefined,
      `transports.p2p.announceInterval: in ${WHERE} the tracker says itself when it is asked again`,
    ],
    [transports.p2p?.pex !== undefined, `transports.p2p.pex: in ${WHERE} peers come from the tracker alone`],
    [
      webSeed !== undefined && (webSeed.up !== undefined || webSeed.use !== 'quiet'),
      `transports.p2p.webSeed: in ${WHERE} it is the server, and asked when the swarm is quiet`,
    ],
    [boot !== undefined, 'boot: real machines boot as they do'],
  ];
  return [
    ...reasons.filter(([is]) => is).map(([, reason]) => reason),
    ...unsupportedByProduct(scenario, WHERE),
  ];
}
