import { describe, expect, it } from 'vitest';
import { theoryExecutor } from '../../../src/bench/executors/theory/theory-executor.ts';
import type { FormulaResult, Transport } from '../../../src/bench/record/run-record.ts';
import { expectedCarouselPackets } from '../../../src/sim/theory/carousel.ts';
import { aRun, aScenario, aWatch } from './a-run.ts';

const LINK = { up: '8 MiB/s' };

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

  it.each([
    ['a download link', { network: { server: LINK, machine: { ...LINK, down: '4 MiB/s' } } }],
    ['a connection', { network: { server: LINK, machine: LINK, connectionCap: '4 MiB/s' } }],
    ['a disk that writes', { disk: { write: '4 MiB/s' } }],
    ['a disk that reads', { disk: { read: '4 MiB/s' } }],
  ])('has no mean of one piece where %s is slower than an uplink', async (_, changes) => {
    const image = { size: '64 MiB', pieceLength: '64 MiB' };
    expect((await formulaOf('p2p', { image, ...changes })).meanLatencyS).toBeNull();
  });

  it('needs no limit of any link: what limits nothing takes no time', async () => {
    const network = { server: { up: 'unlimited' }, machine: { up: 'unlimited' } };
    const piece = { size: '64 MiB', pieceLength: '64 MiB' };
    expect(await formulaOf('p2p', { network, image: piece })).toMatchObject({
      transferS: 0,
      meanLatencyS: null,
    });
    const chain = { children: 1, hopSetUp: '2 s' };
    expect(await formulaOf('chain', { network, transports: { chain } })).toMatchObject({ transferS: 6 });
    const tree = { ...chain, children: 2 };
    expect(await formulaOf('chain', { network, transports: { chain: tree } })).toMatchObject({
      transferS: 2,
    });
  });

  it('shares the server’s link in a tree among the machines that there are', async () => {
    const transports = { chain: { children: 16 } };
    expect(await formulaOf('chain', { transports })).toMatchObject({ transferS: 4 * 8, serverCopies: 4 });
    const network = { server: { up: '8 MiB/s' }, machine: { up: '1 MiB/s' } };
    expect(await formulaOf('chain', { transports, network })).toMatchObject({ transferS: 4 * 8 });
    const two = { chain: { children: 2 } };
    expect(await formulaOf('chain', { transports: two })).toMatchObject({ transferS: 16 * (1 + 1 / 64) });
  });

  it('lets a chain and a tree wait for whole pieces, also where the last one is short', async () => {
    const image = { size: '1.125 MiB', pieceLength: '1 MiB' };
    const network = { server: { up: '1 MiB/s' }, machine: { up: '1 MiB/s' } };
    expect(await formulaOf('chain', { image, network })).toMatchObject({ transferS: 1.125 + 3 });
    const transports = { chain: { children: 2 } };
    expect(await formulaOf('chain', { image, network, transports })).toMatchObject({ transferS: 2.25 + 2 });
    const small = { size: '0.5 MiB', pieceLength: '1 MiB' };
    expect(await formulaOf('chain', { image: small, network })).toMatchObject({ transferS: 4 * 0.5 });
  });

  it('adds the phases, the serial write and the read-back', async () => {
    const formula = await formulaOf('unicast', {
      phases: { boot: '30 s', finish: '5 s' },
      disk: { write: '4 MiB/s', read: '16 MiB/s' },
      transports: { unicast: { diskWrite: 'serial' } },
    });
    expect(formula).toMatchObject({ makespanS: 30 + 32 + 16 + 4 + 5, transferS: 32 + 16, meanLatencyS: 87 });
  });

  it('adds of the read-back of our agent what does not go beside the download', async () => {
    const afterS = async (transport: Transport, disk: object, settings: object = {}) => {
      const { makespanS, transferS } = await formulaOf(transport, {
        disk,
        transports: { [transport]: settings },
      });
      return makespanS! - transferS!;
    };
    const slow = { read: '4 MiB/s', write: '64 MiB/s' };
    const { transferS } = await formulaOf('p2p', { disk: slow });
    expect(await afterS('p2p', slow)).toBeCloseTo(16 - transferS!, 9);
    // The last of 64 pieces comes last.
    expect(await afterS('p2p', { read: '64 MiB/s' })).toBeCloseTo(1 / 64, 9);
    expect(await afterS('chain', { read: '64 MiB/s' })).toBeCloseTo(1 / 64, 9);
    expect(await afterS('p2p', slow, { diskWrite: 'serial' })).toBeCloseTo(16, 9);
    expect(await afterS('unicast', slow)).toBeCloseTo(16 / 64, 9);
    // Of four machines the last one downloads for eight seconds.
    expect(await afterS('unicast', slow, { wave: 1 })).toBeCloseTo(16 - 8, 9);
    // Three, and then one.
    expect(await afterS('unicast', slow, { wave: 3 })).toBeCloseTo(16 - 8, 9);
    expect(await afterS('clonezilla-unicast', slow)).toBeCloseTo(16, 9);
    expect(await afterS('multicast', slow)).toBeCloseTo(16, 9);
  });

  it('predicts a multicast in slices without loss, and refuses it with loss', async () => {
    const cast = { packet: '1 KiB', round: '250 ms', wait: '2 s', repair: 'slices' };
    const by = (slices: object) => ({ transports: { multicast: { ...cast, slices } } });
    const half = await formulaOf('multicast', by({ packets: 1024, duplex: 'half' }));
    expect(half).toMatchObject({ transferS: 2 + 8 + 63 / 4, meanLatencyS: 2 + 8 + 63 / 4, serverCopies: 1 });
    expect(await formulaOf('multicast', by({ packets: 1024 }))).toMatchObject({ transferS: 2 + 8 + 62 / 8 });
    const network = { server: LINK, machine: LINK, loss: '1 %' };
    const lossy = aScenario({ ...by({}), network });
    expect(theoryExecutor.unsupported(lossy, 'multicast')).toEqual([
      'network.loss: the formula of slices loses nothing',
    ]);
    const rounds = aScenario({ network, transports: { multicast: {} } });
    expect(theoryExecutor.unsupported(rounds, 'multicast')).toEqual([]);
  });

  it('predicts the rounds of a carousel, for the last machine and for each', async () => {
    const network = { server: LINK, machine: { ...LINK, down: '4 MiB/s' }, loss: '10 %' };
    const transports = { multicast: { packet: '1 MiB', wait: '3 s', repair: 'carousel' } };
    const rounds = (machines: number) => expectedCarouselPackets(machines, 64, 0.1) / 64;
    const formula = await formulaOf('multicast', { network, transports });
    expect(formula.transferS).toBeCloseTo(3 + 16 * rounds(4), 9);
    expect(formula.meanLatencyS).toBeCloseTo(3 + 16 * rounds(1), 9);
    expect(formula.serverCopies).toBeCloseTo(rounds(4), 9);
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

  it('reads from the disk what is passed on', async () => {
    const disk = { read: '2 MiB/s', readBack: false };
    // Four copies by 8 and four times 2 MiB/s, and two piece times of 0.5 s.
    expect((await formulaOf('p2p', { disk })).transferS).toBe(16 + 1);
    expect((await formulaOf('chain', { disk })).transferS).toBe(32 + 1.5);
    const packed = { size: '64 MiB', pieceLength: '1 MiB', encoding: 'zstd', compressionRatio: 2 };
    expect((await formulaOf('chain', { disk, image: packed })).transferS).toBe(32 + 3);
    expect((await formulaOf('unicast', { disk })).transferS).toBe(32);
  });

  it('says what of a disk that serves others it does not know', () => {
    const names = (transport: Transport, disk: object) =>
      theoryExecutor.unsupported(aScenario({ disk }), transport).map((reason) => reason.split(':')[0]);
    const shared = { read: '32 MiB/s', write: '32 MiB/s', shared: true };
    const cached = { read: '4 MiB/s', readCache: '1 GiB', readBack: false };
    const readBack = { read: '15 MiB/s' };
    expect(names('p2p', shared)).toEqual(['disk.shared']);
    expect(names('chain', shared)).toEqual(['disk.shared']);
    expect(names('p2p', cached)).toEqual(['disk.readCache']);
    expect(names('chain', cached)).toEqual(['disk.readCache']);
    expect(names('chain', readBack)).toEqual(['disk.readBack']);
    expect(names('p2p', readBack)).toEqual([]);
    expect(names('chain', { read: '16 MiB/s', readCache: '1 GiB' })).toEqual([]);
    for (const disk of [shared, cached, readBack]) {
      expect(names('unicast', disk)).toEqual([]);
      expect(names('multicast', disk)).toEqual([]);
    }
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
      'disk.shared',
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

  it('knows no machines that leave when they are done: with whole copies the server would send them all', () => {
    const scenario = aScenario({ transports: { p2p: { staysFor: '0 s' }, unicast: {} } });
    expect(theoryExecutor.unsupported(scenario, 'p2p')).toEqual([
      'transports.p2p.staysFor: the formula has every machine serve to the end',
    ]);
    expect(theoryExecutor.unsupported(scenario, 'unicast')).toEqual([]);
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
