import { describe, expect, it } from 'vitest';
import { aLabScenario } from '../local/a-lab.ts';
import { needsNetns, runNetns } from './a-netns-lab.ts';

const IMAGE_BYTES = 12 * 2 ** 20;
const CAP_BPS = 2 * 2 ** 20;

const capped = (transport: 'unicast' | 'p2p', machines: number) =>
  runNetns({
    transport,
    machines,
    scenario: aLabScenario({
      image: { size: '12 MiB', pieceLength: '64 KiB' },
      network: {
        server: { up: '8 MiB/s' },
        machine: { up: '8 MiB/s', down: '8 MiB/s' },
        connectionCap: '2 MiB/s',
      },
    }),
  });

describe('the cap of a connection in the netns lab', () => {
  it('holds each machine back by itself, and not the server', async (context) => {
    needsNetns(context);
    const { fleet, barrierS } = await capped('unicast', 3);
    for (const { phases } of fleet) {
      const [startS, endS] = phases.download!;
      const bps = IMAGE_BYTES / (endS - startS);
      expect(bps).toBeLessThan(1.05 * CAP_BPS);
    }
    const lastS = Math.max(...fleet.map(({ phases }) => phases.download![1]));
    // It takes six seconds; three at a time over one such cap would take three times as long.
    expect((3 * IMAGE_BYTES) / (lastS - barrierS)).toBeGreaterThan(1.5 * CAP_BPS);
  });

  it('lets a machine of a swarm take in more than one connection carries', async (context) => {
    needsNetns(context);
    const { fleet } = await capped('p2p', 3);
    expect(fleet.every(({ isVerified }) => isVerified)).toBe(true);
    expect(fleet.every(({ receivedFrom }) => Object.keys(receivedFrom!).length > 1)).toBe(true);
  });
});
