import { describe, expect, it } from 'vitest';
import type { Transport } from '../../../../src/bench/record/run-record.ts';
import { aLabScenario } from '../local/a-lab.ts';
import { needsNetns, runNetns } from './a-netns-lab.ts';

const IMAGE_BYTES = 4 * 2 ** 20;
/** A copy takes four seconds. */
const LINK = { up: '1 MiB/s', down: '1 MiB/s' };
const NETWORK = { server: LINK, machine: LINK };

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
    expect(serverUploadedBytes! / IMAGE_BYTES).toBeLessThan(1.2 + 5 / 64);
  });

  it.for<Transport>(['aria2', 'libtorrent'])(
    'end the seeder of a program that is not ours: %s',
    async (transport, context) => {
      needsNetns(context, transport);
      const transports = { [transport]: {} };
      const scenario = aLabScenario({ network: NETWORK, transports, faults: [{ seederLeaves: 0.5 }] });
      const options = { patienceS: 5 };
      const { fleet, serverUploadedBytes } = await runNetns({ transport, machines: 2, scenario, options });
      expect(fleet.map(({ isVerified }) => isVerified)).toEqual([false, false]);
      // These programs tell four times a second what they have sent.
      expect(serverUploadedBytes! / IMAGE_BYTES).toBeGreaterThanOrEqual(0.5);
      expect(serverUploadedBytes! / IMAGE_BYTES).toBeLessThan(0.9);
    },
  );
});
