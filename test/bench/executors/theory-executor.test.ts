import { describe, expect, it } from 'vitest';
import { theoryExecutor } from '../../../src/bench/executors/theory/theory-executor.ts';
import type { FormulaResult, Transport } from '../../../src/bench/record/run-record.ts';
import { aRun, aScenario, aWatch } from './a-run.ts';

async function formulaOf(
  transport: Transport,
  changes: Record<string, unknown> = {},
): Promise<FormulaResult> {
  const run = aRun({ scenario: aScenario(changes), source: 'theory', transport, randomSeed: null });
  return (await theoryExecutor.run(run, aWatch())).formula!;
}

describe('theory', () => {
  it('predicts the four transports on equal links', async () => {
    expect(await formulaOf('p2p')).toMatchObject({ transferS: 8 + 2 / 8, meanLatencyS: null });
    expect(await formulaOf('unicast')).toMatchObject({ transferS: 32, meanLatencyS: 32, serverCopies: 4 });
    expect(await formulaOf('multicast')).toMatchObject({ transferS: 8, serverCopies: 1 });
    expect(await formulaOf('chain')).toMatchObject({ transferS: 8 + 3 / 8, serverCopies: 1 });
  });

  it('is the branching model where the image is one piece', async () => {
    const formula = await formulaOf('p2p', { image: { size: '64 MiB', pieceLength: '64 MiB' } });
    expect(formula).toMatchObject({ makespanS: 24, meanLatencyS: 8 * (2 - 1 + 4 / 4) });
  });

  it('adds the phases, the serial write and the read-back', async () => {
    const formula = await formulaOf('unicast', {
      phases: { boot: '30 s', finish: '5 s' },
      disk: { write: '4 MiB/s', read: '16 MiB/s' },
      transports: { unicast: { diskWrite: 'serial' } },
    });
    expect(formula).toMatchObject({ makespanS: 30 + 32 + 16 + 4 + 5, transferS: 32 + 16, meanLatencyS: 87 });
  });

  it('lets a slow disk slow down what is written as it arrives', async () => {
    expect((await formulaOf('multicast', { disk: { write: '4 MiB/s' } })).transferS).toBe(16);
  });

  it('holds a decoder and the one budget of a hard disk for limits of a machine', async () => {
    const image = { size: '64 MiB', pieceLength: '1 MiB', decode: '2 MiB/s' };
    expect((await formulaOf('multicast', { image })).transferS).toBe(32);
    const disk = { write: '16 MiB/s', read: '4 MiB/s', shared: true };
    expect(await formulaOf('multicast', { disk })).toMatchObject({ transferS: 16, makespanS: 32 });
    const serial = { multicast: { diskWrite: 'serial' } };
    expect((await formulaOf('multicast', { image, transports: serial })).transferS).toBe(8 + 32);
  });

  it('knows neither boot storms nor switches, seeks, page caches, mixtures or the start of connections', () => {
    const link = { up: '8 MiB/s' };
    const scenario = aScenario({
      boot: { steps: ['dhcp'] },
      disk: { kind: 'hdd', writeCache: '1 GiB' },
      network: { server: link, machine: link, backplane: '1 GB/s', tcp: { slowStart: true } },
      transports: {
        p2p: { seeders: 2, webSeed: {}, maxConnections: 9, announceInterval: '1 s', pex: '1 s' },
        unicast: {},
        multicast: { repair: 'p2p' },
      },
    });
    const names = (transport: Transport) =>
      theoryExecutor.unsupported(scenario, transport).map((reason) => reason.split(':')[0]);
    expect(names('p2p')).toEqual([
      'boot',
      'network.backplane',
      'network.tcp',
      'disk.writeCache',
      'transports.p2p.maxConnections',
      'transports.p2p.announceInterval',
      'transports.p2p.seeders',
      'transports.p2p.pex',
      'transports.p2p.webSeed',
      'disk.seek',
    ]);
    expect(names('multicast')).toEqual([
      'boot',
      'network.backplane',
      'network.tcp',
      'transports.multicast.repair',
      'disk.writeCache',
    ]);
    expect(names('unicast')).toEqual(['boot', 'network.backplane', 'network.tcp', 'disk.writeCache']);
  });

  it('names each setting that it cannot honour', () => {
    const scenario = aScenario({
      network: {
        server: { up: '8 MiB/s' },
        machine: { up: '8 MiB/s' },
        latency: '1 ms',
        loss: '1 %',
        sites: [{ name: 'a', machines: 1, wan: { up: '1 MiB/s' } }],
      },
      fleet: { machines: [1], start: { staggered: '1 s' } },
      faults: [{ kill: 1, at: '1 s' }],
    });
    const names = theoryExecutor.unsupported(scenario, 'p2p').map((reason) => reason.split(':')[0]);
    expect(names).toEqual(['network.sites', 'network.latency', 'network.loss', 'fleet.start', 'faults']);
    expect(theoryExecutor.unsupported(aScenario(), 'p2p')).toEqual([]);
  });
});
