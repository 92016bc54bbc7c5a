import { describe, expect, it } from 'vitest';
import { boundsOf } from '../../../src/bench/executors/bounds.ts';
import { fluidExecutor } from '../../../src/bench/executors/fluid/fluid-executor.ts';
import { aRun, aScenario, aWatch } from './a-run.ts';

const LINK = { up: '8 MiB/s' };
/** A crowd within the limits of the model: 1024 pieces, of which a copy takes 8 s. */
const CROWD = { image: { size: '64 MiB', pieceLength: '64 KiB' }, fleet: { machines: [1000, 10_000_000] } };
/** Machines that come and go: 160 in the time of a copy. */
const STREAM = {
  image: CROWD.image,
  fleet: { machines: [2000], start: { poisson: '0.05 s' } },
  transports: { p2p: { staysFor: '4 s' } },
};

async function formulaOf(changes: Record<string, unknown>, machines: number) {
  const run = aRun({ scenario: aScenario(changes), source: 'fluid', machines, randomSeed: null });
  return (await fluidExecutor.run(run, aWatch())).formula!;
}

const refused = (changes: Record<string, unknown>) =>
  fluidExecutor.unsupported(aScenario(changes), 'p2p').map((sentence) => sentence.split(':')[0]);

describe('the fluid model', () => {
  it('predicts ten million machines at once: the copy, and four piece times for each step of five', async () => {
    const { makespanS, meanLatencyS } = await formulaOf(CROWD, 10_000_000);
    const pieceS = 8 / 1024;
    const spreadingS = 4 * pieceS * (Math.log(1e7) / Math.log(5));
    expect(makespanS).toBeCloseTo(8 + spreadingS, 9);
    expect(meanLatencyS).toBeCloseTo(8 + spreadingS - pieceS, 9);
  });

  it('reads from the disk what machines send', async () => {
    const { makespanS } = await formulaOf({ ...CROWD, disk: { read: '4 MiB/s', readBack: false } }, 1000);
    const uploads = 8 * (1000 / (1 + 1000 / 2));
    expect(makespanS).toBeCloseTo(uploads + 4 * (16 / 1024) * (Math.log(1000) / Math.log(5)), 9);
  });

  it('has bounds for ten million machines', () => {
    const run = aRun({ scenario: aScenario(CROWD), source: 'fluid', machines: 10_000_000 });
    expect(boundsOf(run, true)).toMatchObject({ lowerBoundS: 8, copyS: 8 });
    expect(boundsOf(run, true).pieceBoundS).toBeCloseTo(8 + (8 / 1024) * 23, 9);
  });

  it('lets a machine that comes into a settled swarm wait for its upload less the time that it serves', async () => {
    const { makespanS, meanLatencyS } = await formulaOf(STREAM, 2000);
    expect(meanLatencyS).toBeCloseTo(8 - 4, 9);
    expect(makespanS).toBeCloseTo(1999 * 0.05 + 4, 9);
  });

  it('has each machine read back beside its own download, not beside that of all', async () => {
    const { makespanS, meanLatencyS } = await formulaOf({ ...STREAM, disk: { read: '8 MiB/s' } }, 2000);
    // Eight seconds of reading, four of them while it downloads.
    expect(meanLatencyS).toBeCloseTo(8, 9);
    expect(makespanS).toBeCloseTo(1999 * 0.05 + 8, 9);
  });

  it('takes a scenario within its limits', () => {
    expect(refused(CROWD)).toEqual([]);
    expect(refused(STREAM)).toEqual([]);
  });

  it.each<[string, string, Record<string, unknown>]>([
    ['a boot storm', 'boot', { ...CROWD, boot: { steps: ['dhcp'] } }],
    ['a page cache', 'disk.writeCache', { ...CROWD, disk: { writeCache: '1 GiB' } }],
    ['seeks', 'disk.seek', { ...CROWD, disk: { seek: '12 ms' } }],
    ['disks that read while they write', 'disk.shared', { ...CROWD, disk: { read: '1 GB/s', shared: true } }],
    ['pieces from memory', 'disk.readCache', { ...CROWD, disk: { read: '4 MiB/s', readCache: '1 GiB' } }],
    [
      'the start of connections',
      'network.tcp',
      { ...CROWD, network: { server: LINK, machine: LINK, tcp: { slowStart: true } } },
    ],
    ['a few machines', 'fleet.machines', { fleet: { machines: [999] } }],
    ['pieces that spread for long', 'image.pieceLength', { image: { size: '64 MiB', pieceLength: '1 MiB' } }],
    [
      'sites',
      'network.sites',
      { network: { server: LINK, machine: LINK, sites: [{ name: 'a', machines: 1, wan: LINK }] } },
    ],
    ['switches', 'network.backplane', { network: { server: LINK, machine: LINK, backplane: '1 GB/s' } }],
    ['delay', 'network.latency', { network: { server: LINK, machine: LINK, latency: '1 ms' } }],
    ['loss', 'network.loss', { network: { server: LINK, machine: LINK, loss: '1 %' } }],
    [
      'uplinks without limit',
      'network.machine.up',
      { network: { server: LINK, machine: { up: 'unlimited' } } },
    ],
    ['faults', 'faults', { faults: [{ kill: 1, at: '1 s' }] }],
    ['another picker', 'transports.p2p.picker', { transports: { p2p: { picker: 'sequential' } } }],
    ['random first pieces', 'transports.p2p.randomFirst', { transports: { p2p: { randomFirst: 4 } } }],
    ['few neighbours', 'transports.p2p.neighbours', { transports: { p2p: { neighbours: 23 } } }],
    ['another choker', 'transports.p2p.choker', { transports: { p2p: { choker: 'classic' } } }],
    ['another seeder', 'transports.p2p.seeder', { transports: { p2p: { seeder: 'plain' } } }],
    [
      'a limit of connections',
      'transports.p2p.maxConnections',
      { transports: { p2p: { maxConnections: 9 } } },
    ],
    [
      'a tracker that is asked again',
      'transports.p2p.announceInterval',
      { transports: { p2p: { announceInterval: '1 min' } } },
    ],
    ['peer exchange', 'transports.p2p.pex', { transports: { p2p: { pex: true } } }],
    ['a web seed', 'transports.p2p.webSeed', { transports: { p2p: { webSeed: {} } } }],
    ['several seeders', 'transports.p2p.seeders', { transports: { p2p: { seeders: 1 } } }],
    [
      'machines of a crowd that leave',
      'transports.p2p.staysFor',
      { transports: { p2p: { staysFor: '1 s' } } },
    ],
  ])('refuses a crowd with %s, by the name of %s', (_, name, changes) => {
    expect(refused({ ...CROWD, ...changes })).toEqual([name]);
  });

  it.each<[string, string, Record<string, unknown>]>([
    ['that stay for good', 'transports.p2p.staysFor', { transports: { p2p: {} } }],
    [
      'that serve longer than an upload takes',
      'network.machine.down',
      { transports: { p2p: { staysFor: '9 s' } } },
    ],
    ['that read back from a slow disk', 'disk.readBack', { disk: { read: '7 MiB/s' } }],
    ['that come too rarely', 'fleet.start', { fleet: { machines: [2000], start: { staggered: '1 s' } } }],
    ['that are too few', 'fleet.machines', { fleet: { machines: [900], start: { poisson: '0.05 s' } } }],
    ['that get large pieces', 'image.pieceLength', { image: { size: '64 MiB', pieceLength: '1 MiB' } }],
  ])('refuses machines %s, by the name of %s', (_, name, changes) => {
    expect(refused({ ...STREAM, ...changes })).toEqual([name]);
  });
});
