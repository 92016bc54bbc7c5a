import { describe, expect, it } from 'vitest';
import type { RunOutcome } from '../../../../src/bench/executors/executor.ts';
import { netnsExecutor } from '../../../../src/bench/executors/netns/netns-executor.ts';
import { aLabScenario } from '../local/a-lab.ts';
import { namespacesBy, needsNetns, runNetns } from './a-netns-lab.ts';

type ClonezillaTransport = 'clonezilla-unicast' | 'clonezilla-multicast';
const BOTH = ['clonezilla-unicast', 'clonezilla-multicast'] as const;

const PACKED = { size: '8 MiB', encoding: 'zstd', compressionRatio: 2, pieceLength: '64 KiB' };

const restore = (transport: ClonezillaTransport, changes: Record<string, unknown> = {}) =>
  runNetns({
    transport,
    machines: 2,
    scenario: aLabScenario({ image: PACKED, transports: { [transport]: {} }, ...changes }),
  });

const verdictsOf = ({ fleet }: RunOutcome) =>
  fleet.map(({ isVerified, failure }) => ({ isVerified, failure }));

describe.each(BOTH)('%s over network namespaces', (transport) => {
  it('leaves every machine with the golden image, through all phases of the agent', async (context) => {
    needsNetns(context, transport);
    const outcome = await restore(transport);
    expect(verdictsOf(outcome)).toEqual(Array(2).fill({ isVerified: true, failure: null }));
    for (const { phases } of outcome.fleet)
      expect(Object.keys(phases)).toEqual(
        expect.arrayContaining(['register', 'metainfo', 'partition', 'download', 'verify', 'finish']),
      );
    expect(outcome.versions!.partclone).toMatch(/^0\./);
    expect(namespacesBy(process.pid)).toEqual([]);
  });

  it('sends partitions that partclone has read and zstd has packed, less than the disk', async (context) => {
    needsNetns(context, transport);
    // Slow enough for receivers that have to wait for a processor: what they miss is sent again.
    const settings = transport === 'clonezilla-multicast' ? { rate: '2 MiB/s' } : {};
    const transports = { [transport]: settings };
    const { fleet, wireBytes, serverUploadedBytes } = await restore(transport, { transports });
    expect(wireBytes).toBeLessThan(0.8 * 8 * 2 ** 20);
    const copies = transport === 'clonezilla-unicast' ? 2 : 1;
    expect(serverUploadedBytes! / wireBytes!).toBeGreaterThanOrEqual(copies);
    expect(serverUploadedBytes! / wireBytes!).toBeLessThan(1.5 * copies);
    expect(fleet.map(({ downloadedBytes }) => downloadedBytes)).toEqual([wireBytes, wireBytes]);
  });

  it('is no success where a machine dies in the middle of its restore', async (context) => {
    needsNetns(context, transport);
    // Slow enough for both to have begun when one dies.
    const network = { server: { up: '0.15 MiB/s' }, machine: { up: '0.15 MiB/s' } };
    const { fleet } = await restore(transport, { network, faults: [{ kill: 1, at: '4 s' }] });
    expect(fleet.map(({ isVerified }) => isVerified)).toEqual([true, false]);
  });

  it('refuses machines that join later and a server that leaves where these are out of its reach', () => {
    const faults = [{ join: 1, at: '1 s' }, { seederLeaves: 1.1 }];
    const scenario = aLabScenario({ transports: { [transport]: {} }, faults });
    const reasons = netnsExecutor()
      .unsupported(scenario, transport)
      .map((reason) => reason.split(':')[0]);
    expect(reasons).toContain('faults.seederLeaves');
    expect(reasons.includes('faults.join')).toBe(transport === 'clonezilla-multicast');
  });
});

describe('a packed image over network namespaces', () => {
  it.for(['p2p', 'unicast', 'chain', 'aria2', 'libtorrent', 'multicast'] as const)(
    'becomes the golden image on every disk by %s',
    async (transport, context) => {
      needsNetns(context, transport, { isPacked: true });
      const scenario = aLabScenario({ image: PACKED, transports: { [transport]: {} } });
      const outcome = await runNetns({ transport, machines: 2, scenario });
      expect(verdictsOf(outcome)).toEqual(Array(2).fill({ isVerified: true, failure: null }));
      expect(outcome.wireBytes).toBeLessThan(0.8 * 8 * 2 ** 20);
    },
  );
});
