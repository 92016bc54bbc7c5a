import { describe, expect, it } from 'vitest';
import { netnsExecutor } from '../../../../src/bench/executors/netns/netns-executor.ts';
import { aLabScenario } from '../local/a-lab.ts';
import { namespacesBy, needsNetns, runNetns } from './a-netns-lab.ts';

const IMAGE_BYTES = 4 * 2 ** 20;
/** The sender lets one slice of 112 packets out before it counts. */
const UNCOUNTED = (112 * 1456) / IMAGE_BYTES;

const multicastTo = (machines: number, changes: Record<string, unknown> = {}) =>
  runNetns({
    transport: 'multicast',
    machines,
    scenario: aLabScenario({ transports: { multicast: {} }, ...changes }),
  });

describe('multicast by udpcast over network namespaces', () => {
  it('leaves every machine with the golden image on its disk, and sends it once', async (context) => {
    needsNetns(context, 'multicast');
    const { fleet, serverUploadedBytes, serverLink, versions } = await multicastTo(2, {
      // Slow enough for receivers that have to wait for a processor: what they miss is sent again.
      transports: { multicast: { rate: '2 MiB/s' } },
    });
    expect(fleet.map(({ isVerified, failure }) => ({ isVerified, failure }))).toEqual(
      Array(2).fill({ isVerified: true, failure: null }),
    );
    expect(fleet.map(({ downloadedBytes }) => downloadedBytes)).toEqual([IMAGE_BYTES, IMAGE_BYTES]);
    expect(serverUploadedBytes! / IMAGE_BYTES).toBeGreaterThanOrEqual(1);
    expect(serverUploadedBytes! / IMAGE_BYTES).toBeLessThan(1.5);
    expect(serverLink!.upBytes / IMAGE_BYTES).toBeLessThan(1.6);
    expect(versions!.udpcast).toMatch(/^\d+$/);
    expect(namespacesBy(process.pid)).toEqual([]);
  });

  it('keeps to the rate of the scenario', async (context) => {
    needsNetns(context, 'multicast');
    const rate = IMAGE_BYTES / 3;
    const { fleet, barrierS } = await multicastTo(2, { transports: { multicast: { rate: `${rate} B/s` } } });
    const lastS = Math.max(...fleet.map(({ phases }) => phases.download![1])) - barrierS;
    expect(lastS).toBeGreaterThanOrEqual(3 * (1 - UNCOUNTED));
  });

  it('goes on when a machine is killed, after a while', async (context) => {
    needsNetns(context, 'multicast');
    const network = { server: { up: '0.5 MiB/s' }, machine: { up: '0.5 MiB/s' } };
    const transports = { multicast: { dropAfter: '5 s' } };
    const { fleet } = await multicastTo(3, { network, transports, faults: [{ kill: 1, at: '4 s' }] });
    expect(fleet.map(({ isVerified }) => isVerified)).toEqual([true, true, false]);
    // An image takes eight seconds, and eleven are the default of `dropAfter`.
    const [startS, endS] = fleet[0]!.phases.download!;
    expect(endS - startS).toBeGreaterThan(8 * (1 - UNCOUNTED) + 5);
    expect(endS - startS).toBeLessThan(8 + 11);
  });

  it('is refused what udpcast does not do, by its name', () => {
    const site = { machines: 1, wan: { up: '1 MiB/s' } };
    const scenario = aLabScenario({
      transports: {
        multicast: { wait: '1 s', round: '1 s', packet: '2000 B', repair: 'p2p', dropAfter: '0.5 s' },
      },
      network: { server: { up: '1 MiB/s' }, machine: { up: '1 MiB/s' }, sites: [{ name: 'a', ...site }] },
      faults: [{ join: 1, at: '1 s' }, { seederLeaves: 1.1 }],
    });
    const reasons = netnsExecutor().unsupported(scenario, 'multicast');
    expect(reasons.map((reason) => reason.split(':')[0])).toEqual(
      expect.arrayContaining([
        'transports.multicast.wait',
        'transports.multicast.round',
        'transports.multicast.packet',
        'transports.multicast.dropAfter',
        'transports.multicast.repair',
        'network.sites',
        'faults.join',
        'faults.seederLeaves',
      ]),
    );
  });

  it('may be called what it is, slices of its own length, and nothing else of it is chosen', () => {
    const refusedWith = (multicast: object, network: object = {}) =>
      netnsExecutor()
        .unsupported(
          aLabScenario({
            transports: { multicast },
            network: { server: { up: '1 MiB/s' }, machine: { up: '1 MiB/s' }, ...network },
          }),
          'multicast',
        )
        .map((reason) => reason.split(':')[0]);
    expect(refusedWith({ repair: 'slices' })).toEqual([]);
    expect(refusedWith({ repair: 'carousel' })).toEqual(['transports.multicast.repair']);
    expect(refusedWith({ slices: { packets: 64 } })).toEqual(['transports.multicast.slices']);
    expect(refusedWith({ slices: { duplex: 'half' } })).toEqual(['transports.multicast.slices']);
    expect(refusedWith({}, { multicast: 'flooding' })).toEqual(['network.multicast']);
  });
});
