import type { Transport } from '../record/run-record.ts';
import type { Scenario } from '../scenario/schema.ts';

/** Settings of machines and connections that no formula knows, each as `key.path: reason`. */
export function unknownToFormulas(
  { boot, network, disk, transports }: Scenario,
  transport: Transport,
): string[] {
  const reasons: [string, boolean][] = [
    ['boot: the formulas know no boot storm', boot !== undefined],
    ['network.backplane: the formulas know no switch', network.backplane < Infinity],
    ['network.tcp: the formulas share links at once', network.tcp !== undefined],
    [
      'transports.multicast.repair: the formula of multicast repairs in rounds',
      transports.multicast?.repair === 'p2p' && transport === 'multicast',
    ],
    ['disk.writeCache: the formulas know no page cache', disk.writeCache > 0],
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
