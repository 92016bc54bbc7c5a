import { describe, expect, it } from 'vitest';
import type { Transport } from '../../../../src/bench/record/run-record.ts';
import { aLabScenario } from '../local/a-lab.ts';
import { namespacesBy, needsNetns, runNetns } from './a-netns-lab.ts';

const IMAGE_BYTES = 4 * 2 ** 20;
/** A copy takes four seconds. */
const LINK = { up: '1 MiB/s', down: '1 MiB/s' };
const NETWORK = { server: LINK, machine: LINK };

const networkOf = (rate: string) => {
  const link = { up: rate, down: rate };
  return { server: link, machine: link };
};

describe('faults over network namespaces', () => {
  it('let our swarm go on without its seeder', async (context) => {
    needsNetns(context);
    // The machine that joins makes the seeder send more than one copy.
    const faults = [{ seederLeaves: 1.2 }, { join: 1, at: '2 s' }];
    const scenario = aLabScenario({ network: NETWORK, faults });
    const { fleet, serverUploadedBytes, barrierS } = await runNetns({ machines: 3, scenario });
    expect(fleet.map(({ isVerified, failure }) => ({ isVerified, failure }))).toEqual(
      Array(3).fill({ isVerified: true, failure: null }),
    );
    expect(fleet[2]!.poweredOnS).toBeGreaterThanOrEqual(barrierS + 1.99);
    expect(serverUploadedBytes! / IMAGE_BYTES).toBeGreaterThanOrEqual(1.2);
    expect(serverUploadedBytes! / IMAGE_BYTES).toBeLessThan(1.2 + 5 / 64);
  });

  it.for<Transport>(['aria2', 'libtorrent'])(
    'end the seeder of a program that is not ours: %s',
    async (transport, context) => {
      needsNetns(context, transport);
      const transports = { [transport]: {} };
      // These programs tell four times a second what they have sent: it comes late, and is little for a slow link.
      const network = networkOf('256 KiB/s');
      const scenario = aLabScenario({ network, transports, faults: [{ seederLeaves: 0.5 }] });
      const options = { patienceS: 10 };
      const { fleet, serverUploadedBytes } = await runNetns({ transport, machines: 2, scenario, options });
      expect(fleet.map(({ isVerified }) => isVerified)).toEqual([false, false]);
      expect(serverUploadedBytes! / IMAGE_BYTES).toBeGreaterThanOrEqual(0.5);
      expect(serverUploadedBytes! / IMAGE_BYTES).toBeLessThan(0.9);
    },
  );

  // Longer than Node's own keep-alive bears for the one stream.
  it.for<[Transport, number]>([
    ['p2p', 3],
    ['unicast', 14],
    ['chain', 3],
  ])(
    'pull the cable of a machine, which goes on when it is back: %s, %i s',
    async ([transport, outS], context) => {
      needsNetns(context, transport);
      const transports = { [transport]: {} };
      const faults = [{ cut: 1, at: '1 s', for: `${outS} s` }];
      const scenario = aLabScenario({ network: NETWORK, transports, faults });
      const { fleet } = await runNetns({ transport, machines: 1, scenario });
      const [{ isVerified, failure, phases }] = fleet as [(typeof fleet)[0]];
      expect({ isVerified, failure }).toEqual({ isVerified: true, failure: null });
      const [startS, endS] = phases.download!;
      // Four seconds for the image, and TCP waits a little longer than the cable is out until it tries again.
      expect(endS - startS).toBeGreaterThanOrEqual(3.9 + outS);
      expect(namespacesBy(process.pid)).toEqual([]);
    },
  );

  it('pull the cable of the server while the machines help each other', async (context) => {
    needsNetns(context);
    const faults = [{ cut: 'server', at: '1 s', for: '3 s' }];
    const { fleet } = await runNetns({ machines: 2, scenario: aLabScenario({ network: NETWORK, faults }) });
    expect(fleet.map(({ isVerified }) => isVerified)).toEqual([true, true]);
    for (const { phases } of fleet) expect(phases.download![1]).toBeGreaterThanOrEqual(6.9);
  });

  it('slow a link down for a time', async (context) => {
    needsNetns(context);
    const faults = [{ slow: 1, to: '128 KiB/s', at: '1 s', for: '8 s' }];
    const transports = { unicast: {} };
    const scenario = aLabScenario({ network: NETWORK, transports, faults });
    const { fleet } = await runNetns({ transport: 'unicast', machines: 1, scenario });
    const [{ phases, isVerified }] = fleet as [(typeof fleet)[0]];
    expect(isVerified).toBe(true);
    const [startS, endS] = phases.download!;
    // One second at full rate, eight at an eighth of it, two at full rate again, also where it begins a second late; HTB
    // lets a burst through. It would take four seconds if the link never got slow, and 25 if it stayed so.
    expect(endS - startS).toBeGreaterThanOrEqual(8.5);
    expect(endS - startS).toBeLessThan(20);
  });
});

describe('what stops in the middle of a run', () => {
  it('is the server: it is killed, and goes on from its disk where it is started again', async (context) => {
    needsNetns(context);
    const faults = [{ stop: 'server', at: '1 s', for: '2 s' }];
    const { fleet, serverUploadedBytes, serverCpuS } = await runNetns({
      machines: 2,
      scenario: aLabScenario({ network: NETWORK, faults }),
    });
    expect(fleet.map(({ failure }) => failure)).toEqual([null, null]);
    expect(fleet.map(({ isVerified }) => isVerified)).toEqual([true, true]);
    for (const { phases } of fleet) expect(phases.download![1]).toBeGreaterThanOrEqual(6);
    // What both lives sent is counted: no less than one copy.
    expect(serverUploadedBytes).toBeGreaterThanOrEqual(IMAGE_BYTES);
    expect(serverCpuS).toBeGreaterThan(0);
    expect(namespacesBy(process.pid)).toEqual([]);
  });

  it('is the server, which a download by one stream does not survive', async (context) => {
    needsNetns(context, 'unicast');
    const faults = [{ stop: 'server', at: '1 s', for: '2 s' }];
    const scenario = aLabScenario({ network: NETWORK, transports: { unicast: {} }, faults });
    const { fleet } = await runNetns({ transport: 'unicast', machines: 1, scenario });
    const [{ isVerified, failure }] = fleet as [(typeof fleet)[0]];
    expect(isVerified).toBe(false);
    expect(failure).toMatch(/broke off|closed|reset|lost/i);
  });

  it.for<Transport>(['p2p', 'chain', 'aria2', 'libtorrent', 'unicast', 'clonezilla-unicast'])(
    'is a machine, which gets its image all the same when it is started again: %s',
    async (transport, context) => {
      needsNetns(context, transport);
      const scenario = aLabScenario({
        image: { size: '8 MiB', pieceLength: '64 KiB' },
        network: NETWORK,
        transports: { [transport]: {} },
        faults: [{ kill: 1, at: '2 s', back: '2 s' }],
      });
      const { fleet, barrierS } = await runNetns({ transport, machines: 2, scenario });
      expect(fleet.map(({ isVerified, failure }) => ({ isVerified, failure }))).toEqual(
        Array(2).fill({ isVerified: true, failure: null }),
      );
      expect(fleet[1]!.poweredOnS).toBeLessThan(barrierS);
      expect(fleet[1]!.phases.register![0]).toBeGreaterThanOrEqual(barrierS + 3.99);
      expect(namespacesBy(process.pid)).toEqual([]);
    },
  );

  it('is a machine, which comes back too late for what goes to all at once', async (context) => {
    needsNetns(context, 'multicast');
    const scenario = aLabScenario({
      // A copy takes eight seconds.
      network: networkOf('0.5 MiB/s'),
      transports: { multicast: {} },
      faults: [{ kill: 1, at: '4 s', back: '1 s' }],
    });
    const { fleet } = await runNetns({ transport: 'multicast', machines: 2, scenario });
    expect(fleet.map(({ isVerified }) => isVerified)).toEqual([true, false]);
    expect(fleet[1]!.failure).toBe('it lost its power, and multicast takes nobody in once it has begun');
  });

  it('is the tracker, which nobody misses who knows the others', async (context) => {
    needsNetns(context);
    const faults = [{ stop: 'tracker', at: '3 s' }];
    const { fleet } = await runNetns({ machines: 2, scenario: aLabScenario({ network: NETWORK, faults }) });
    expect(fleet.map(({ isVerified }) => isVerified)).toEqual([true, true]);
  });

  it.for<Transport>(['p2p', 'unicast'])(
    'is a disk that is full too early: %s',
    async (transport, context) => {
      needsNetns(context, transport);
      const faults = [{ full: 1, after: '1 MiB' }];
      const transports = { [transport]: {} };
      const scenario = aLabScenario({ network: NETWORK, transports, faults });
      const { fleet } = await runNetns({ transport, machines: 2, scenario });
      expect(fleet.map(({ isVerified }) => isVerified)).toEqual([false, true]);
      expect(fleet[0]!.failure).toContain('the disk is full');
      expect(namespacesBy(process.pid)).toEqual([]);
    },
  );
});

describe('loss over network namespaces', () => {
  const LOSSY = { ...NETWORK, loss: 0.05 };

  it('makes TCP send again what did not arrive', async (context) => {
    needsNetns(context, 'unicast', { losesPackets: true });
    const scenario = aLabScenario({ network: LOSSY, transports: { unicast: {} } });
    const { fleet, serverLink } = await runNetns({ transport: 'unicast', machines: 1, scenario });
    expect(fleet.map(({ isVerified, failure }) => ({ isVerified, failure }))).toEqual([
      { isVerified: true, failure: null },
    ]);
    // Headers are a twentieth of what is on the wire, and a twentieth of all is lost.
    expect(serverLink!.upBytes / IMAGE_BYTES).toBeGreaterThan(1.045 * 1.03);
  });

  it('is made good by multicast, packet by packet', async (context) => {
    needsNetns(context, 'multicast', { losesPackets: true });
    const scenario = aLabScenario({ network: { ...NETWORK, loss: 0.01 }, transports: { multicast: {} } });
    const { fleet } = await runNetns({ transport: 'multicast', machines: 2, scenario });
    expect(fleet.map(({ isVerified, failure }) => ({ isVerified, failure }))).toEqual(
      Array(2).fill({ isVerified: true, failure: null }),
    );
  });
});
