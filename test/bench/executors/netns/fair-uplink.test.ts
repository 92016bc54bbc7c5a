import { describe, expect, it } from 'vitest';
import { aLabScenario } from '../local/a-lab.ts';
import { needsNetns, runNetns } from './a-netns-lab.ts';

describe('a host in the netns lab that sends to several', () => {
  it('sends each its share at a time, a slow one too', async (context) => {
    needsNetns(context);
    const scenario = aLabScenario({
      image: { size: '12 MiB', pieceLength: '64 KiB' },
      // A little more than its share of the server's link.
      faults: [{ slow: 1, to: '1.6 MiB/s' }],
    });
    const { fleet } = await runNetns({ transport: 'unicast', machines: 6, scenario });
    const startsS = fleet.map(({ phases }) => phases.download![0]);
    // Who begins later shares with fewer in the end.
    const spreadS = Math.max(...startsS) - Math.min(...startsS);
    const downloadsS = fleet.map(({ phases }) => phases.download![1] - phases.download![0]);
    // In one queue for all, the slow one takes a fifth longer than the others, and one of these is done in no time.
    expect(Math.max(...downloadsS) - spreadS).toBeLessThan(1.1 * Math.min(...downloadsS));
  });
});
