import type { Transport } from '../record/run-record.ts';
import type { Scenario } from '../scenario/schema.ts';
import { readBps } from './disk-rates.ts';
import { uploadBps } from './formula-outcome.ts';
import { castSettings } from './local/casting.ts';
import { isFromServer, isOneForAll } from './way-of-bytes.ts';

/** Settings of machines and connections that no formula knows, each as `key.path: reason`. */
export function unknownToFormulas(scenario: Scenario, transport: Transport): string[] {
  const { boot, network, disk, transports } = scenario;
  const isPassedOn = !isFromServer(transport);
  const reasons: [string, boolean][] = [
    ['boot: the formulas know no boot storm', boot !== undefined],
    ['network.backplane: the formulas know no switch', network.backplane < Infinity],
    ['network.tcp: the formulas share links at once', network.tcp !== undefined],
    [
      'transports.multicast.repair: no formula of multicast knows a swarm that repairs',
      transports.multicast?.repair === 'p2p' && transport === 'multicast',
    ],
    [
      'network.loss: the formula of slices loses nothing',
      network.loss > 0 && isOneForAll(transport) && castSettings(scenario, transport).repair === 'slices',
    ],
    ['disk.writeCache: the formulas know no page cache', disk.writeCache > 0],
    [
      'disk.shared: the formulas know no disk that reads for others while it writes',
      disk.shared && readBps(disk) < Infinity && isPassedOn,
    ],
    [
      'disk.readCache: the formulas read from the disk what is passed on, and that is slower than the uplink',
      disk.readCache > 0 && uploadBps(scenario) < network.machine.up && isPassedOn,
    ],
    [
      'transports.p2p.maxConnections: the formulas know no connections',
      transports.p2p?.maxConnections !== undefined && transport === 'p2p',
    ],
    [
      'transports.p2p.announceInterval: the formulas know no tracker',
      transports.p2p?.announceInterval !== undefined && transport === 'p2p',
    ],
    [
      'transports.p2p.seeders: the formulas know one seeder',
      transports.p2p?.seeders !== undefined && transport === 'p2p',
    ],
    [
      'transports.p2p.pex: the formulas know no connections',
      transports.p2p?.pex !== undefined && transport === 'p2p',
    ],
    [
      'transports.p2p.webSeed: the formulas know no web server',
      transports.p2p?.webSeed !== undefined && transport === 'p2p',
    ],
    ['disk.seek: the formulas know no pieces out of order', disk.seek > 0 && transport === 'p2p'],
  ];
  return reasons.flatMap(([sentence, holds]) => (holds ? [sentence] : []));
}
