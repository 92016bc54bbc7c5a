import { describe, expect, it } from 'vitest';
import { localExecutor } from '../../../../src/bench/executors/local/local-executor.ts';
import type { Transport } from '../../../../src/bench/record/run-record.ts';
import { aLabScenario } from './a-lab.ts';

const LINK = { up: '8 MiB/s' };
const NETWORK = { server: LINK, machine: LINK };

const refused = (changes: Record<string, unknown>, transport: Transport = 'p2p') =>
  localExecutor()
    .unsupported(aLabScenario(changes), transport)
    .map((sentence) => sentence.split(':')[0]);

describe('the local lab', () => {
  it.each(['p2p', 'chain', 'unicast'] as const)(
    'honours everything that a plain scenario asks for: %s',
    (transport) => {
      expect(refused({}, transport)).toEqual([]);
    },
  );

  it('has no multicast', () => {
    expect(refused({}, 'multicast')).toEqual(['transports.multicast']);
  });

  it.each<[string, Record<string, unknown>, Transport?]>([
    ['image.used', { image: { size: '4 MiB', used: '2 MiB', pieceLength: '64 KiB' } }],
    ['image.size', { image: { size: '0.3 B', pieceLength: '64 KiB' } }],
    ['image.pieceLength', { image: { size: '4 MiB', pieceLength: '100 kB' } }],
    ['network.connectionCap', { network: { ...NETWORK, connectionCap: '1 MiB/s' } }],
    ['network.backplane', { network: { ...NETWORK, backplane: '9 MiB/s' } }],
    ['network.latency', { network: { ...NETWORK, latency: '1 ms' } }],
    ['network.loss', { network: { ...NETWORK, loss: '1 %' } }],
    ['network.sites', { network: { ...NETWORK, sites: [{ name: 'a', machines: 1, wan: LINK }] } }],
    ['disk.read', { disk: { read: '9 MiB/s' } }],
    ['disk.write', { disk: { write: '9 MiB/s' } }],
    ['disk.shared', { disk: { shared: true } }],
    ['disk.readBack', { disk: { readBack: false } }],
    ['disk.kind', { disk: { kind: 'hdd' } }],
    ['disk.seek', { disk: { seek: '8 ms' } }],
    ['disk.writeCache', { disk: { writeCache: '1 GiB' } }],
    ['disk.readCache', { disk: { readCache: '1 GiB' } }],
    ['boot', { boot: { steps: ['dhcp'] } }],
    ['image.decode', { image: { size: '4 MiB', pieceLength: '64 KiB', decode: '1 GB/s' } }],
    ['network.tcp', { network: { ...NETWORK, tcp: { slowStart: true } } }],
    ['phases.boot', { phases: { boot: '1 s' } }],
    ['phases.finish', { phases: { finish: '1 s' } }],
    ['transports.p2p.diskWrite', { transports: { p2p: { diskWrite: 'serial' } } }],
    ['transports.p2p.maxConnections', { transports: { p2p: { maxConnections: 9 } } }],
    ['transports.p2p.pex', { transports: { p2p: { pex: true } } }],
    ['transports.p2p.webSeed', { transports: { p2p: { webSeed: {} } } }],
    ['transports.p2p.announceInterval', { transports: { p2p: { announceInterval: '1 s' } } }],
    ['transports.p2p.seeders', { transports: { p2p: { seeders: 1 } } }],
    ['transports.unicast.diskWrite', { transports: { unicast: { diskWrite: 'serial' } } }, 'unicast'],
    ['transports.chain.diskWrite', { transports: { chain: { diskWrite: 'serial' } } }, 'chain'],
    ['transports.chain.hopSetUp', { transports: { chain: { hopSetUp: '1 s' } } }, 'chain'],
    ['faults.corrupt', { faults: [{ corrupt: '1 %' }] }],
    ['faults.fail', { faults: [{ fail: '1 %', per: '1 min' }] }],
    ['transports.unicast.wave', { transports: { unicast: { wave: 2 } } }, 'unicast'],
  ])('refuses %s by its name', (name, changes, transport) => {
    expect(refused(changes, transport)).toEqual([name]);
  });

  it('refuses a seeder that leaves where nothing comes but from it', () => {
    const faults = [{ seederLeaves: 1.1 }];
    expect(refused({ faults }, 'unicast')).toEqual(['faults.seederLeaves']);
    expect(refused({ faults }, 'p2p')).toEqual([]);
  });

  it('does not mind the settings of a transport that is not run', () => {
    expect(refused({ transports: { p2p: {}, unicast: { wave: 2 } } }, 'p2p')).toEqual([]);
  });
});
